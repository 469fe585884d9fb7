package dev.socketserver.benchmarks;

import java.util.Locale;

/**
 * How the load generator waits for replies. If it sleeps, the server has to wake it, and
 * does so the more often the slower it is. Between the cores of a virtual machine, that
 * is one of the most expensive things a system does. A peer on another machine costs a
 * server nothing of the kind.
 */
enum Waiting implements Word {

	/**
	 * It polls without sleeping. On a core that the servers use, it takes time from them.
	 */
	BUSY,

	/** It sleeps until a reply has come. */
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
