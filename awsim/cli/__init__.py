"""The command line: ``awsim coverage`` and ``awsim scaffold``.

Only ``commands`` and ``tables`` know the terminal (click and rich, the extra ``cli``); the rest is plain.
"""
