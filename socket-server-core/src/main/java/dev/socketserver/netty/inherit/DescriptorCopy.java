package dev.socketserver.netty.inherit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

import dev.socketserver.netty.transport.Sockets;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;

/**
 * Copies a descriptor. Netty closes what it is given, and a process that has no copy left
 * cannot start the server again.
 * <p>
 * Neither the JDK nor Netty has dup(2). So a Unix socket that is connected to itself
 * sends the descriptor to itself (unix(7), {@code SCM_RIGHTS}). Netty has what arrives
 * not block, which an event loop depends on: systemd has sockets block that it passes,
 * unless the unit says {@code NonBlocking=true}.
 */
public final class DescriptorCopy {

	private DescriptorCopy() {
	}

	/**
	 * Copies a descriptor of a socket.
	 * @param descriptor its number
	 * @return the number of the copy
	 * @throws IOException if the system gives none
	 */
	public static int of(int descriptor) throws IOException {
		return Sockets.onLinux() ? sent(descriptor, "\0socket-server-" + UUID.randomUUID()) : sentByFile(descriptor);
	}

	private static int sentByFile(int descriptor) throws IOException {
		Path directory = Files.createTempDirectory("socket-server");
		Path file = directory.resolve("copy");
		try {
			return sent(descriptor, file.toString());
		}
		finally {
			Files.deleteIfExists(file);
			Files.delete(directory);
		}
	}

	private static int sent(int descriptor, String path) throws IOException {
		Socket loop = Socket.newSocketDomainDgram();
		try {
			DomainSocketAddress address = new DomainSocketAddress(path);
			loop.bind(address);
			// From now on it takes nothing from others.
			loop.connect(address);
			int sent = loop.sendFd(descriptor);
			int copy = (sent > 0) ? loop.recvFd() : 0;
			if (copy <= 0) {
				throw new IOException("The descriptor " + descriptor + " cannot be copied");
			}
			check(descriptor, copy);
			return copy;
		}
		finally {
			loop.close();
		}
	}

	/** Somebody could have sent another one before the socket was connected. */
	private static void check(int descriptor, int copy) throws IOException {
		Path descriptors = Path.of("/proc/self/fd");
		if (Files.isDirectory(descriptors) && !Files.readSymbolicLink(descriptors.resolve(Integer.toString(copy)))
			.equals(Files.readSymbolicLink(descriptors.resolve(Integer.toString(descriptor))))) {
			new FileDescriptor(copy).close();
			throw new IOException("A copy of the descriptor " + descriptor + " is of something else");
		}
	}

}
