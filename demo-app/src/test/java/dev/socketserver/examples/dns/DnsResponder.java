package dev.socketserver.examples.dns;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.US_ASCII;

@SocketHandler({ "dns", "dns-tcp" })
class DnsResponder {

	private static final int HEADER = 12;

	/** A response of the server that knows the names; a bit of the query stays. */
	private static final int RESPONSE = 0x8400;

	private static final int RECURSION_DESIRED = 0x0100;

	private static final int NO_SUCH_NAME = 3;

	/** An address of IPv4, of the internet. */
	private static final int ADDRESS = 0x0001_0001;

	/** What stands for a name: the place of the one in the question. */
	private static final short SAME_NAME = (short) 0xC00C;

	private final Zone zone;

	DnsResponder(Zone zone) {
		this.zone = zone;
	}

	@OnMessage
	byte @Nullable [] answer(byte[] query) {
		ByteBuffer in = ByteBuffer.wrap(query);
		if (query.length < HEADER || in.getShort(2) < 0 || in.getShort(4) != 1) {
			// Nobody answers a response, or what is no query.
			return null;
		}
		String name = name(in.position(HEADER));
		int type = in.getInt();
		Zone.Host host = this.zone.find(name).orElse(null);
		boolean known = host != null && type == ADDRESS;
		int flags = RESPONSE | (in.getShort(2) & RECURSION_DESIRED) | ((host != null) ? 0 : NO_SUCH_NAME);
		ByteBuffer out = ByteBuffer.allocate(in.position() + 16)
			.put(query, 0, 2)
			.putShort((short) flags)
			.putShort((short) 1)
			.putShort((short) (known ? 1 : 0))
			.putInt(0)
			.put(query, HEADER, in.position() - HEADER);
		if (known) {
			out.putShort(SAME_NAME).putInt(ADDRESS).putInt(60).putShort((short) 4).put(host.address().getAddress());
		}
		byte[] answer = new byte[out.position()];
		out.flip().get(answer);
		return answer;
	}

	/** A query that is cut gets no answer. Its sender, who may be another, stays. */
	@OnError
	void cut(BufferUnderflowException ex) {
	}

	/** Reads a name: labels, each behind its length, and an empty one. */
	private static String name(ByteBuffer in) {
		StringBuilder name = new StringBuilder();
		for (int length = in.get(); length > 0; length = in.get()) {
			byte[] label = new byte[length];
			in.get(label);
			name.append((name.length() > 0) ? "." : "").append(new String(label, US_ASCII));
		}
		return name.toString();
	}

}
