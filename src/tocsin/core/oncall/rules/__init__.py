"""The arithmetic of a rota: turns of one layer, shifts of a schedule, and what an edit moves. Free of messages."""
