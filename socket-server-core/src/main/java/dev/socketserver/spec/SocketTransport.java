package dev.socketserver.spec;

/**
 * How the operating system is asked for I/O.
 */
public enum SocketTransport {

	/** {@link #EPOLL} where its native library loads, else {@link #NIO}. */
	AUTO,

	/**
	 * The one that costs least for each message: {@link #IO_URING} where its library is
	 * present and the kernel permits it, else {@link #EPOLL} or {@link #KQUEUE}, else
	 * {@link #NIO}.
	 */
	FASTEST,

	/** The JDK's selector; works everywhere. */
	NIO,

	/** Linux epoll through Netty's native library. */
	EPOLL,

	/**
	 * BSD and macOS kqueue through Netty's native library, which an application adds:
	 * {@code netty-transport-native-kqueue}.
	 */
	KQUEUE,

	/**
	 * Linux io_uring through Netty's native library, which an application adds:
	 * {@code netty-transport-native-io_uring}.
	 */
	IO_URING

}
