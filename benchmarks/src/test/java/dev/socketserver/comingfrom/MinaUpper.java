package dev.socketserver.comingfrom;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import org.apache.mina.core.service.IoHandlerAdapter;
import org.apache.mina.core.session.IoSession;
import org.apache.mina.filter.codec.ProtocolCodecFilter;
import org.apache.mina.filter.codec.textline.TextLineCodecFactory;
import org.apache.mina.transport.socket.nio.NioSocketAcceptor;

class MinaUpper implements AutoCloseable {

	private final NioSocketAcceptor acceptor = new NioSocketAcceptor();

	int start() throws IOException {
		this.acceptor.getFilterChain()
			.addLast("lines", new ProtocolCodecFilter(new TextLineCodecFactory(StandardCharsets.UTF_8)));
		this.acceptor.setHandler(new IoHandlerAdapter() {

			@Override
			public void messageReceived(IoSession session, Object message) {
				session.write(((String) message).toUpperCase(Locale.ROOT));
			}

		});
		this.acceptor.bind(new InetSocketAddress("127.0.0.1", 0));
		return this.acceptor.getLocalAddress().getPort();
	}

	@Override
	public void close() {
		this.acceptor.dispose();
	}

}
