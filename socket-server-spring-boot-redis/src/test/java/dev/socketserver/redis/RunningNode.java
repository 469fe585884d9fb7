package dev.socketserver.redis;

import java.util.concurrent.BlockingQueue;

import dev.socketserver.fixtures.Patience;

/**
 * A node that performs commands, a line each, and says what became of it.
 */
interface RunningNode extends AutoCloseable {

	/** What it says, in order. */
	BlockingQueue<String> said();

	/** Waits for the next that it says. */
	default String next() {
		return Patience.next(said());
	}

	/** Sends a command that has no answer. */
	void command(String line);

	/** Sends a command and waits for the answer. */
	default String ask(String line) {
		command(line);
		return next();
	}

	/** Ends it without a word; what it has said before is received. */
	void kill();

	@Override
	void close();

}
