package dev.socketserver.benchmarks.sockets;

/** What is measured. */
enum Kind {

	/** A program in C, with {@code recvmmsg} and {@code sendmmsg}. */
	UDP_C("udp"),

	/** A handler of Netty, with the same calls. */
	UDP_NETTY("udp"),

	/** A server whose handler runs on the event loop. */
	UDP_EVENT_LOOP("udp"),

	/** A server whose handler runs on virtual threads. */
	UDP_VIRTUAL("udp"),

	/** A server of TCP, whose handler runs on the event loop. */
	TCP("tcp"),

	/** The same on a Unix socket. */
	UNIX("unix");

	private final String load;

	Kind(String load) {
		this.load = load;
	}

	/** What the load generator calls it. */
	String load() {
		return this.load;
	}

	/** What its cost is compared with. */
	Kind reference() {
		return (this == UNIX || this == TCP) ? TCP : UDP_NETTY;
	}

}
