from proofs_check.library import library


def test_names_are_unique_and_every_claim_is_a_sentence():
    proofs = library().proofs
    assert len({proof.key for proof in proofs}) == len(proofs)
    for proof in proofs:
        for step in proof.steps:
            assert step.claim.rstrip().endswith((".", ")")), (proof.key, step.id)


def test_every_mutant_says_what_it_changed():
    for proof in library().proofs:
        for step in proof.steps:
            assert all(mutant.change.strip() for mutant in step.mutants)
            assert all(mutant.obligation != step.obligation for mutant in step.mutants)


def test_every_lemma_instance_is_a_declared_premise():
    for proof in library().proofs:
        premises = proof.references()
        for step in proof.steps:
            for lemma in getattr(step.obligation, "lemmas", {}):
                assert lemma.partition("#")[0] in premises[f"{proof.key}/{step.id}"], (proof.key, step.id, lemma)
