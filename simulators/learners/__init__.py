"""Log-loss behavior cloning over classes where the maximum-likelihood policy can be found exactly."""
