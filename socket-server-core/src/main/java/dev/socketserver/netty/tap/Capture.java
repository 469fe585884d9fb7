package dev.socketserver.netty.tap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.address.UnixAddress;
import dev.socketserver.engine.tap.PacketChecksums;
import dev.socketserver.engine.tap.TapEntry;
import dev.socketserver.engine.tap.TappedSession;
import dev.socketserver.transcript.Transcript;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.pcap.PcapWriteHandler;

/**
 * Makes a capture of what was tapped: for each session, Netty's {@link PcapWriteHandler}
 * stands in a channel of its own that is given the bytes. All of them write to one file.
 */
@SuppressWarnings("FutureReturnValueIgnored") // an embedded channel fails on the calling
												// thread
public final class Capture {

	/** A longer packet would not fit into the 16 bits of the length in an IP header. */
	private static final int MOST_IN_PACKET = 32 * 1024;

	/** ::ffff:0:0. */
	private static final byte[] MAPPED = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0 };

	/** In the place of a path. */
	private static final int UNIX_PORT = 1024;

	private static final int MOST_PORT = 65535;

	private final PacketStream out = new PacketStream();

	private final Map<TappedSession, EmbeddedChannel> channels = new HashMap<>();

	private int unixSessions;

	private Capture() {
	}

	/**
	 * Makes a capture.
	 * @param entries what was tapped
	 * @return the file
	 */
	public static byte[] of(List<TapEntry> entries) {
		Capture capture = new Capture();
		try {
			PcapWriteHandler.writeGlobalHeader(capture.out);
			entries.forEach(capture::write);
			// Before the channels close, which would look like the end of the sessions.
			return capture.out.toByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			capture.channels.values().forEach(EmbeddedChannel::close);
		}
	}

	private void write(TapEntry entry) {
		EmbeddedChannel channel = this.channels.computeIfAbsent(entry.session(), this::channel);
		if (entry.kind() == Transcript.Kind.CLOSED) {
			end(channel, entry.reason() == CloseReason.PEER_RESET);
			this.channels.remove(entry.session());
		}
		else {
			packets(channel, entry);
		}
		this.out.stamp(entry.at());
	}

	private static void packets(EmbeddedChannel channel, TapEntry entry) {
		byte[] payload = entry.payload();
		int most = entry.session().datagrams() ? payload.length : MOST_IN_PACKET;
		for (int from = 0; from < payload.length; from += most) {
			ByteBuf packet = Unpooled.wrappedBuffer(payload, from, Math.min(most, payload.length - from));
			if (entry.kind() == Transcript.Kind.RECEIVED) {
				channel.writeInbound(packet);
				channel.releaseInbound();
			}
			else {
				channel.writeOutbound(packet);
				channel.releaseOutbound();
			}
		}
	}

	private static void end(EmbeddedChannel channel, boolean reset) {
		if (reset) {
			channel.pipeline().fireExceptionCaught(new IOException("the peer has reset the connection"));
			PcapWriteHandler writer = channel.pipeline().get(PcapWriteHandler.class);
			if (writer.isWriting()) {
				writer.pause();
			}
		}
		channel.close();
	}

	private EmbeddedChannel channel(TappedSession session) {
		boolean mixed = isIpv6(session.localAddress()) != isIpv6(session.remoteAddress());
		InetSocketAddress local = mixed ? mapped(session.localAddress()) : session.localAddress();
		InetSocketAddress remote = mixed ? mapped(session.remoteAddress()) : session.remoteAddress();
		if (session.remoteAddress() instanceof UnixAddress && session.localAddress() instanceof UnixAddress) {
			// Programs distinguish connections by their ports.
			local = new InetSocketAddress(local.getAddress(), UNIX_PORT);
			remote = new InetSocketAddress(remote.getAddress(),
					UNIX_PORT + 1 + this.unixSessions++ % (MOST_PORT - UNIX_PORT));
		}
		PcapWriteHandler.Builder writer = PcapWriteHandler.builder()
			.sharedOutputStream(true)
			.writePcapGlobalHeader(false);
		if (session.datagrams()) {
			writer.forceUdpChannel(local, remote);
		}
		else {
			writer.forceTcpChannel(session.ofClient() ? remote : local, session.ofClient() ? local : remote,
					!session.ofClient());
		}
		return new EmbeddedChannel(writer.build(this.out));
	}

	private static boolean isIpv6(InetSocketAddress address) {
		return address.getAddress() instanceof Inet6Address;
	}

	/**
	 * Has an address fit into a packet of IPv6. Where a proxy sends both, they may
	 * differ: Java takes those that are mapped from IPv4 for what they stand for.
	 */
	private static InetSocketAddress mapped(InetSocketAddress address) {
		byte[] bytes = address.getAddress().getAddress();
		if (bytes.length == MAPPED.length) {
			return address;
		}
		byte[] longer = MAPPED.clone();
		System.arraycopy(bytes, 0, longer, longer.length - bytes.length, bytes.length);
		try {
			return new InetSocketAddress(Inet6Address.getByAddress(null, longer, -1), address.getPort());
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The file of a capture. Netty (4.2.18) writes the time at which it writes into each
	 * packet, and here it is set to that at which the bytes were received or sent. Into
	 * packets of IPv6 it writes a wrong version, with which no program reads them, and
	 * into all packets wrong checksums. These are corrected:
	 *
	 * <pre>
	 * file    magic, version, zone, ... | packet | packet | ...
	 *         24 bytes
	 * packet  seconds | microseconds | captured | length | Ethernet, its type | version, ... | ...
	 *         4 bytes | 4            | 4        | 4      | 12        2        | 4            |
	 * </pre>
	 */
	private static final class PacketStream extends ByteArrayOutputStream {

		private static final int FILE_HEADER = 24;

		private static final int PACKET_HEADER = 16;

		private static final int ETHERNET_TYPE = PACKET_HEADER + 12;

		private static final int IP_HEADER = ETHERNET_TYPE + Short.BYTES;

		private static final short IPV6 = (short) 0x86dd;

		/** The version of IPv6, without a traffic class and a flow label. */
		private static final int VERSION = 6 << 28;

		/** Up to where times are set. */
		private int stamped = FILE_HEADER;

		/** Completes the packets that were written since this was called last. */
		void stamp(Instant time) {
			ByteBuffer file = ByteBuffer.wrap(this.buf, 0, this.count);
			while (this.stamped + PACKET_HEADER <= this.count) {
				file.putInt(this.stamped, (int) time.getEpochSecond());
				file.putInt(this.stamped + 4, (int) TimeUnit.NANOSECONDS.toMicros(time.getNano()));
				boolean ipv6 = file.getShort(this.stamped + ETHERNET_TYPE) == IPV6;
				int ip = this.stamped + IP_HEADER;
				if (ipv6) {
					file.putInt(ip, VERSION);
				}
				this.stamped += PACKET_HEADER + file.getInt(this.stamped + 8);
				PacketChecksums.set(file, ip, ipv6, this.stamped);
			}
		}

	}

}
