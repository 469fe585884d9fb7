package dev.socketserver.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.textline.LineDelimiter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;

/**
 * Apache MINA, written as the line server of its user guide. MINA has NIO only, and no
 * codec for text in frames with a length.
 */
final class MinaEcho implements EchoServer {

	@Override
	public int start(Service service) throws IOException {
		NioSocketAcceptor acceptor = new NioSocketAcceptor(1);
		TextLineCodecFactory lines = new TextLineCodecFactory(StandardCharsets.UTF_8, LineDelimiter.UNIX,
				LineDelimiter.UNIX);
		lines.setDecoderMaxLineLength(MAX_MESSAGE);
		acceptor.getFilterChain().addLast("lines", new ProtocolCodecFilter(lines));
		acceptor.getSessionConfig().setTcpNoDelay(true);
		acceptor.setBacklog(MAX_CONNECTIONS);
		acceptor.setHandler(new IoHandlerAdapter() {

			@Override
			public void messageReceived(IoSession session, Object message) {
				String reply = service.reply((String) message);
				if (service == Service.BROADCAST) {
					acceptor.broadcast(reply);
				}
				else {
					session.write(reply);
				}
			}

		});
		acceptor.bind(new InetSocketAddress("127.0.0.1", 0));
		return acceptor.getLocalAddress().getPort();
	}

}
