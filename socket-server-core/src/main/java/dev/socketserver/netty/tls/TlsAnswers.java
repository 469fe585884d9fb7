package dev.socketserver.netty.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;

/**
 * Counts the bytes that an {@link io.netty.handler.ssl.SslHandler} writes by itself, to
 * answer its peer, and that have not left yet. How much waits to leave in all would not
 * know that, where handlers of the application may write what they like, on either side
 * of TLS. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
final class TlsAnswers {

	/** TLS is encrypting what others have written. */
	private boolean encrypting;

	private long pending;

	private TlsAnswers() {
	}

	/**
	 * Counts from now on.
	 * @param tls where in the pipeline TLS is
	 * @return counts
	 */
	static TlsAnswers around(ChannelHandlerContext tls) {
		TlsAnswers answers = new TlsAnswers();
		ChannelPipeline pipeline = tls.pipeline();
		pipeline.addBefore(tls.name(), null, answers.new Encrypted());
		pipeline.addAfter(tls.name(), null, answers.new Plain());
		return answers;
	}

	/** How many bytes of them have not left. */
	long pending() {
		return this.pending;
	}

	/** Sees what TLS is given. It encrypts that when it is flushed, and at once. */
	private final class Plain extends ChannelOutboundHandlerAdapter {

		@Override
		public void flush(ChannelHandlerContext context) {
			boolean before = TlsAnswers.this.encrypting;
			TlsAnswers.this.encrypting = true;
			try {
				context.flush();
			}
			finally {
				TlsAnswers.this.encrypting = before;
			}
		}

	}

	/** Sees what TLS makes of it, and what it adds. */
	private final class Encrypted extends ChannelOutboundHandlerAdapter {

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			if (TlsAnswers.this.encrypting || !(message instanceof ByteBuf answer)) {
				context.write(message, promise);
				return;
			}
			int length = answer.readableBytes();
			TlsAnswers.this.pending += length;
			context.write(message, promise.unvoid().addListener((written) -> TlsAnswers.this.pending -= length));
		}

	}

}
