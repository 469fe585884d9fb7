package dev.socketserver.netty.datagram;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

import dev.socketserver.engine.log.SafeLogger;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import org.jspecify.annotations.Nullable;

/**
 * Counts what Linux has dropped in front of sockets whose buffer was full, as
 * {@code /proc/net/udp} has it for each socket (proc_net(5)). Where there is no such
 * file, or the descriptor of a socket is unknown, nothing is counted. Not on the loop.
 */
final class KernelDrops {

	private static final SafeLogger logger = SafeLogger.of(KernelDrops.class);

	private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/udp"), Path.of("/proc/self/net/udp6"));

	private static final int INODE = 9;

	private static final int DROPS = 12;

	private final LongConsumer counter;

	/** By inode, how many were counted. */
	private final Map<String, Long> counted = new HashMap<>();

	/**
	 * Creates what counts.
	 * @param counter is given how many were dropped since it was called last
	 */
	KernelDrops(LongConsumer counter) {
		this.counter = counter;
	}

	/** Counts what was dropped since the last time. */
	synchronized void count(List<Channel> sockets) {
		Map<String, Long> ours = new HashMap<>();
		for (Channel socket : sockets) {
			String inode = inode(socket);
			if (inode != null) {
				ours.put(inode, this.counted.getOrDefault(inode, 0L));
			}
		}
		if (ours.isEmpty()) {
			return;
		}
		for (Path table : TABLES) {
			read(table, ours);
		}
	}

	private void read(Path table, Map<String, Long> ours) {
		try (BufferedReader lines = Files.newBufferedReader(table)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				String[] columns = line.trim().split("\\s+");
				Long before = (columns.length > DROPS) ? ours.get(columns[INODE]) : null;
				if (before != null) {
					long now = Long.parseLong(columns[DROPS]);
					this.counted.put(columns[INODE], now);
					if (now > before) {
						this.counter.accept(now - before);
					}
				}
			}
		}
		catch (NoSuchFileException ex) {
			// Not Linux, or without that family.
		}
		catch (IOException | NumberFormatException ex) {
			logger.debug("{} cannot be read", table, ex);
		}
	}

	private static @Nullable String inode(Channel socket) {
		if (!(socket instanceof UnixChannel unix && socket.isOpen())) {
			return null;
		}
		try {
			String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + unix.fd().intValue())).toString();
			return target.startsWith("socket:[") ? target.substring(8, target.length() - 1) : null;
		}
		catch (IOException | UnsupportedOperationException ex) {
			return null;
		}
	}

}
