"""Uploads by a browser's form: ``POST`` of multipart/form-data to a bucket.

``form_data`` reads forms and ``post_policy`` says what a policy lets through; neither knows requests. ``upload`` ties
them to objects.
"""
