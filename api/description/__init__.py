"""What is promised to programs outside: OpenAPI, AsyncAPI and a client made of them, in the repository.

`python -m api.description` makes them anew and says what changed; one that breaks programs needs a reason.
"""
