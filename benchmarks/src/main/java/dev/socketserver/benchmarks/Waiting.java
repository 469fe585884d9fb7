package dev.socketserver.benchmarks;

import java.util.Locale;

/**
 * How the load generator waits for replies. A server wakes one that sleeps, and the
 * slower it is the more often; between the cores of a virtual machine that is one of the
 * dearest things a system does. A peer on another machine costs a server nothing of the
 * kind.
 */
enum Waiting implements Word {

	/** It looks again at once. On a core of the servers it takes their time. */
	BUSY,

	/** It sleeps until something has come. */
	ASLEEP;

	/**
	 * Reads how to wait.
	 * @param text {@code busy}, {@code asleep}, or nothing for what suits the cores
	 * @param cores where servers and load generator run
	 * @return how to wait
	 * @throws BenchmarkException if the text is anything else
	 */
	static Waiting parse(String text, Cores cores) {
		if (text.isEmpty()) {
			return cores.apart() ? BUSY : ASLEEP;
		}
		return Word.find("way to wait", text, values());
	}

	/**
	 * Returns what {@code load.c} and the command line call it.
	 * @return the name in lower case
	 */
	@Override
	public String id() {
		return name().toLowerCase(Locale.ROOT);
	}

}
