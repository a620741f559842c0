"""Words shared by every room: messages, moments, ids, the codec, matchers and expressions. Pure."""
