"""AWS STS: who calls, and temporary credentials for whoever may have them.

What others assert is read by ``saml`` and ``web_identity_token``, which know no requests and are tested alone, as are
``authorization_message``, ``session_policies`` and ``session_tags``. ``sessions`` hands credentials out; the providers
(``identity``, ``roles``, ``federation``, ``tokens``) decide to whom.
"""
