package dev.socketserver.redis;

/**
 * A node that does what it is told, a line each, and says what became of it.
 */
interface RunningNode extends AutoCloseable {

	/** Waits for the next that it says. */
	String next();

	/** Tells it something, about which it says nothing. */
	void command(String line);

	/** Tells it something, and waits for what it says. */
	default String ask(String line) {
		command(line);
		return next();
	}

	/** Ends it without a word; what it has said before is heard. */
	void kill();

	@Override
	void close();

}
