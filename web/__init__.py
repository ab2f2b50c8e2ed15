"""What Rota says over HTTP: the feeds behind their links, and how the server does."""
