"""Where the theorems can be tested: systems, quantizers, policies, learners and exact regret."""
