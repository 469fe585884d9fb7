package dev.socketserver.netty.listen;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;

/**
 * What a failure to accept means for the listener, determined by classes and error
 * numbers: texts of messages differ between platforms and languages.
 */
enum AcceptFailure {

	/** One connection was lost; the listener is not affected. */
	ONE_CONNECTION,

	/** There are no descriptors or buffers. A new listener would have none either. */
	EXHAUSTED,

	/** The listener will not accept any more. */
	BROKEN,

	/**
	 * The reason is unknown, because the JDK does not report it; it may have been for
	 * this one time.
	 */
	UNKNOWN;

	// Error numbers of Linux, and of macOS where they differ.

	private static final int EPERM = -1;

	private static final int EINTR = -4;

	private static final int ENOMEM = -12;

	private static final int ENFILE = -23;

	private static final int EMFILE = -24;

	private static final int ECONNABORTED_MAC = -53;

	private static final int ENOBUFS_MAC = -55;

	private static final int ENONET = -64;

	private static final int EPROTO = -71;

	private static final int ENOPROTOOPT = -92;

	private static final int ENETDOWN = -100;

	private static final int ENETUNREACH = -101;

	private static final int ECONNABORTED = -103;

	private static final int ENOBUFS = -105;

	private static final int EHOSTDOWN = -112;

	private static final int EHOSTUNREACH = -113;

	static AcceptFailure of(Throwable cause, Channel listener) {
		if (cause instanceof NativeIoException failure) {
			return switch (failure.expectedErr()) {
				// Linux reports errors of the new connection from accept: accept(2).
				case ECONNABORTED, ECONNABORTED_MAC, EINTR, EPERM, EPROTO, ENOPROTOOPT, ENONET, ENETDOWN, ENETUNREACH,
						EHOSTDOWN, EHOSTUNREACH ->
					ONE_CONNECTION;
				case EMFILE, ENFILE, ENOMEM, ENOBUFS, ENOBUFS_MAC -> EXHAUSTED;
				default -> BROKEN;
			};
		}
		if (cause instanceof ClosedChannelException) {
			return BROKEN;
		}
		if (cause instanceof IOException) {
			return descriptorsLeft(listener) ? UNKNOWN : EXHAUSTED;
		}
		// Not the socket's doing: memory, or a mistake.
		return EXHAUSTED;
	}

	/** Whether a connection could be accepted, as far as descriptors go. */
	static boolean descriptorsLeft(Channel listener) {
		try {
			if (listener instanceof UnixChannel) {
				// Has been loaded already, while the classes of the other kind have not.
				Socket.newSocketStream().close();
			}
			else {
				SocketChannel.open().close();
			}
			return true;
		}
		catch (IOException | ChannelException | LinkageError ex) {
			// Of the latter kind where not even a class can be read.
			return false;
		}
	}

}
