"""Services, who owns them and what they depend on."""
