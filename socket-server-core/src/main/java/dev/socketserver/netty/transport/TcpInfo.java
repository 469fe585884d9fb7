package dev.socketserver.netty.transport;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of a TCP connection, at one moment: {@code struct tcp_info} of
 * Linux, as far as what is needed of it.
 */
public final class TcpInfo {

	/** Of level {@code IPPROTO_TCP}. */
	private static final RawUnixChannelOption OPTION = new RawUnixChannelOption("TCP_INFO", 6, 11, 148);

	/** Where in it {@code tcpi_state} is. */
	private static final int STATE = 0;

	/** Where in it {@code tcpi_unacked} are, in segments. */
	private static final int UNACKNOWLEDGED = 24;

	/** Where in it {@code tcpi_bytes_acked} are. */
	private static final int ACKNOWLEDGED_BYTES = 120;

	/** Where in it {@code tcpi_notsent_bytes} are. */
	private static final int UNSENT_BYTES = 144;

	/** A state: there is no connection any more. */
	private static final int TCP_CLOSE = 7;

	private final ByteBuffer info;

	private TcpInfo(ByteBuffer info) {
		this.info = info;
	}

	/**
	 * Asks the kernel, by one system call.
	 * @param channel the connection
	 * @return what it says; {@code null} where it cannot be asked, as of a Unix socket,
	 * and if the channel is closed
	 */
	public static @Nullable TcpInfo of(Channel channel) {
		if (!Sockets.onLinux(channel) || channel instanceof DomainSocketChannel || !channel.isOpen()) {
			return null;
		}
		try {
			return new TcpInfo(channel.config().getOption(OPTION).order(ByteOrder.nativeOrder()));
		}
		catch (ChannelException ex) {
			// A sandbox that does not report it.
			return null;
		}
	}

	/** Whether there is no connection any more. */
	public boolean isClosed() {
		return this.info.get(STATE) == TCP_CLOSE;
	}

	/** Whether the peer has acknowledged all that was sent, be it our end of stream. */
	public boolean isAllAcknowledged() {
		return this.info.getInt(UNSENT_BYTES) == 0 && this.info.getInt(UNACKNOWLEDGED) == 0;
	}

	/** How much the peer has acknowledged. */
	public long acknowledgedBytes() {
		return this.info.getLong(ACKNOWLEDGED_BYTES);
	}

}
