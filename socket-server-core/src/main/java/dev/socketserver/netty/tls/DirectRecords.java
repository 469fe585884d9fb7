package dev.socketserver.netty.tls;

import java.io.IOException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

import dev.socketserver.engine.connection.Connection.WriteResult;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.netty.transport.DirectOutput;
import dev.socketserver.netty.transport.DirectOutput.Offering;
import dev.socketserver.netty.transport.LoopBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts output and sends it at once, past Netty's handler of TLS and its outbound
 * queue, as {@link DirectOutput} does with what is not encrypted. It is for output that
 * fits in one record: with more of them, a buffer and a promise for each cost little
 * beside the encryption. On the event loop.
 */
final class DirectRecords {

	private DirectRecords() {
	}

	/**
	 * Offers output to the system.
	 * @param channel the connection
	 * @param handler encrypts what is not encrypted here
	 * @param bytes the output
	 * @param result is passed on
	 * @param offering is notified of the outcome
	 */
	static void offer(Channel channel, SslHandler handler, OutputBytes bytes, WriteResult result, Offering offering) {
		int taken = 0;
		ChannelFuture last = null;
		Throwable failure = null;
		try {
			SSLEngine engine = handler.engine();
			if (DirectOutput.sendsAtOnce(channel) && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
				LoopBuffers buffers = LoopBuffers.get();
				bytes.measure(buffers.scratch());
				if (bytes.size() <= TlsRecords.CONTENT) {
					ByteBuffer plain = ByteBuffer.wrap(bytes.array(), 0, bytes.size());
					ByteBuffer records = buffers.records();
					boolean more = encrypt(engine, plain, records);
					last = send(channel, handler, records.flip());
					taken = plain.position();
					if (more) {
						// It changes its keys, and says so in a record of its own.
						channel.flush();
					}
				}
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// Whatever it is: without a result the session would wait for ever.
			failure = ex;
		}
		offering.offered(bytes, result, taken, failure, last);
	}

	/**
	 * Encrypts to one record, unless shorter ones were agreed on. What the engine refuses
	 * is left for the handler, which reports why.
	 * @return whether the engine has something to write itself
	 */
	private static boolean encrypt(SSLEngine engine, ByteBuffer plain, ByteBuffer records) throws IOException {
		SSLEngineResult result;
		do {
			result = engine.wrap(plain, records);
		}
		while (result.getStatus() == Status.OK && result.bytesConsumed() > 0 && plain.hasRemaining());
		return result.getStatus() == Status.OK && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
	}

	/**
	 * Sends records, and has Netty write what the system does not take: past the handler,
	 * which would encrypt that once more.
	 * @return completes when the system has taken it; {@code null} if there is none
	 */
	private static @Nullable ChannelFuture send(Channel channel, SslHandler handler, ByteBuffer records)
			throws IOException {
		if (!records.hasRemaining()) {
			return null;
		}
		int sent = DirectOutput.send(channel, records.duplicate());
		if (sent == records.limit()) {
			return null;
		}
		ByteBuf rest = channel.alloc().directBuffer(records.limit() - sent).writeBytes(records.position(sent));
		return channel.pipeline().context(handler).writeAndFlush(rest);
	}

}
