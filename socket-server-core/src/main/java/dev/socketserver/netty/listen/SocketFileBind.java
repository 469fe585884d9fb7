package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;

import dev.socketserver.engine.server.SocketFile;
import dev.socketserver.netty.transport.DomainSockets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a bind to a path a bind in the private directory of a {@link SocketFile},
 * after which the file is published. On the loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the promise has it
final class SocketFileBind extends ChannelOutboundHandlerAdapter {

	private final SocketFile file;

	private final DomainSockets sockets;

	SocketFileBind(SocketFile file, DomainSockets sockets) {
		this.file = file;
		this.sockets = sockets;
	}

	@Override
	public void bind(ChannelHandlerContext context, SocketAddress wanted, ChannelPromise promise) throws IOException {
		Path place;
		try {
			place = this.file.prepare();
		}
		catch (IOException ex) {
			promise.setFailure(ex);
			return;
		}
		context.bind(this.sockets.address(place.toString())).addListener((bound) -> {
			Throwable failure;
			try {
				failure = bound.isSuccess() ? publish(place) : bound.cause();
			}
			finally {
				// Whoever waits for the bind finds nothing but the socket.
				this.file.discard(place);
			}
			if (failure == null) {
				promise.setSuccess();
			}
			else {
				promise.setFailure(failure);
			}
		});
	}

	/** Returns why the file cannot be published, or {@code null}. */
	private @Nullable Exception publish(Path place) {
		try {
			this.file.publish(place);
			return null;
		}
		catch (IOException | RuntimeException ex) {
			return ex;
		}
	}

}
