package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;

import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Route;
import dev.socketserver.netty.transport.Sockets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyConnectionEvent;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;

/**
 * What a client says to a proxy before its handshake with the server, by the handlers of
 * Netty, whose module is optional: only this class uses it. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closes notifies its listeners
final class ProxyHandshake extends ChannelInboundHandlerAdapter {

	/** What the class path must have. */
	static final String ARTIFACT = "io.netty:netty-handler-proxy";

	private final AddressRace race;

	private final ProxyHandler handler;

	private ProxyHandshake(AddressRace race, ProxyHandler handler) {
		this.race = race;
		this.handler = handler;
	}

	/** Whether the class path has the handlers. */
	static boolean isPossible() {
		try {
			Class.forName("io.netty.handler.proxy.ProxyHandler", false, ProxyHandshake.class.getClassLoader());
			return true;
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

	/**
	 * Adds what a channel needs that connects to the proxy.
	 * @param pipeline the pipeline of the channel
	 * @param proxy the proxy
	 * @param address one of its addresses
	 * @param race is asked before anything is sent, and notified of failures
	 */
	static void add(ChannelPipeline pipeline, Route.Proxy proxy, InetSocketAddress address, AddressRace race) {
		ProxyHandler handler = handler(proxy, address);
		// The attempt has a deadline already.
		handler.setConnectTimeoutMillis(0);
		pipeline.addLast(new Entry(race), handler, new ProxyHandshake(race, handler));
	}

	private static ProxyHandler handler(Route.Proxy proxy, InetSocketAddress address) {
		String username = proxy.username();
		if (proxy.type() == Route.Proxy.Type.SOCKS5) {
			return new Socks5ProxyHandler(address, username, proxy.password());
		}
		return (username != null)
				? new HttpProxyHandler(address, username, Objects.requireNonNullElse(proxy.password(), ""))
				: new HttpProxyHandler(address);
	}

	/** Connected to the proxy only. */
	@Override
	public void channelActive(ChannelHandlerContext context) {
		// The handshake with the server begins later.
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ProxyConnectionEvent) {
			// What the server has sent behind the reply of the proxy follows at once.
			context.pipeline().remove(this.handler);
			context.fireChannelActive();
			context.pipeline().remove(this);
		}
		else {
			context.fireUserEventTriggered(event);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.channel().close();
		String text = String.valueOf(cause.getMessage()).replace("/<unresolved>", "");
		this.race.failed(context.channel(), ConnectFailure.PROXY,
				new IOException("the proxy does not connect: " + text, cause));
	}

	/** Lets a channel begin that has won the race. */
	private static final class Entry extends ChannelInboundHandlerAdapter {

		private final AddressRace race;

		Entry(AddressRace race) {
			this.race = race;
		}

		@Override
		public void channelActive(ChannelHandlerContext context) {
			if (this.race.won(context.channel())) {
				context.fireChannelActive();
				context.pipeline().remove(this);
			}
			else {
				Sockets.resetOnClose(context.channel());
				context.close();
			}
		}

	}

}
