package dev.socketserver.netty.channel;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that open although something is missing.
 */
class SessionOpeningTests {

	@Every.Transport
	void sessionWhoseHostFailsEnds(SocketTransport transport) throws Exception {
		EventLoops loops = new EventLoops(new DaemonThreads(), 1, List::of);
		CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
		TestHost host = new TestHost(new SessionListener() {

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				closed.complete(status);
			}

		}, (session) -> {
			throw new OutOfMemoryError("for a test");
		});
		try (ServerSocket peers = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Channel channel = host.connect(transport, loops.acquire(transport, false), peers.getLocalSocketAddress());
			try (Socket peer = peers.accept()) {
				peer.setSoTimeout(Patience.millis());
				assertThat(Patience.await(closed).cause()).isInstanceOf(OutOfMemoryError.class);
				assertThat(peer.getInputStream().read()).isEqualTo(-1);
			}
			finally {
				channel.close().sync();
			}
		}
		finally {
			loops.release(transport);
		}
	}

}
