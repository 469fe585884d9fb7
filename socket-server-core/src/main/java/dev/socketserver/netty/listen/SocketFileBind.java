package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;

import dev.socketserver.engine.server.SocketFile;
import dev.socketserver.netty.transport.DomainSockets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

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
			try {
				if (!bound.isSuccess()) {
					promise.setFailure(bound.cause());
					return;
				}
				this.file.publish(place);
				promise.setSuccess();
			}
			catch (IOException | RuntimeException ex) {
				promise.setFailure(ex);
			}
			finally {
				this.file.discard(place);
			}
		});
	}

}
