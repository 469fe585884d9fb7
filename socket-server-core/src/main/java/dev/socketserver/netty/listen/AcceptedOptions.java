package dev.socketserver.netty.listen;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.ListenerSpec;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.ConnectionOptions.UnsupportedOptionException;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;

/**
 * Options of the connections of one listening socket. Each costs a system call, and so is
 * set once for the listening socket where connections have it from there.
 */
final class AcceptedOptions implements ConnectionOptions.Target {

	/** In place of an option that is not set: the system's default. */
	private static final Integer NONE = 0;

	private final Map<ChannelOption<?>, ChannelOption<Integer>> inherited;

	private final Map<ChannelOption<?>, @Nullable Object> ofListener = new LinkedHashMap<>();

	private final Map<ChannelOption<?>, @Nullable Object> ofConnections = new LinkedHashMap<>();

	/**
	 * Creates the options that a listener asks for.
	 * @param spec the listener's
	 * @param transport the transport, resolved
	 * @param inherited those that connections have from the listening socket
	 * @throws UnsupportedOptionException if the transport lacks what is asked for
	 */
	AcceptedOptions(ListenerSpec spec, SocketTransport transport,
			Map<ChannelOption<?>, ChannelOption<Integer>> inherited) {
		this.inherited = inherited;
		ConnectionOptions.set(spec.options(), spec.session().timeouts().write(), transport, this);
	}

	@Override
	public <T> Object set(ChannelOption<T> option, @Nullable T value) {
		ChannelOption<Integer> listening = this.inherited.get(option);
		if (listening != null) {
			this.ofListener.put(listening, (value instanceof Boolean on) ? (on ? 1 : 0)
					: (value instanceof Number number) ? number.intValue() : null);
		}
		else {
			this.ofConnections.put(option, value);
		}
		return this;
	}

	/** Has what is bound from now on, and what it accepts, have them. */
	@SuppressWarnings("unchecked") // each has a value of its type
	void to(ServerBootstrap bootstrap) {
		for (Map.Entry<ChannelOption<?>, @Nullable Object> each : this.ofListener.entrySet()) {
			bootstrap.option((ChannelOption<Object>) each.getKey(), each.getValue());
		}
		for (Map.Entry<ChannelOption<?>, @Nullable Object> each : this.ofConnections.entrySet()) {
			bootstrap.childOption((ChannelOption<Object>) each.getKey(), each.getValue());
		}
	}

	/** Has what a listening socket accepts from now on have those from there. */
	void toListener(Channel listening) {
		set(this.ofListener, listening);
	}

	/** Gives a connection those that it does not have from its listening socket. */
	void toConnection(Channel connection) {
		set(this.ofConnections, connection);
	}

	@SuppressWarnings("unchecked") // each has a value of its type
	private static void set(Map<ChannelOption<?>, @Nullable Object> options, Channel channel) {
		options.forEach((option, value) -> channel.config()
			.setOption((ChannelOption<Object>) option, (value != null) ? value : NONE));
	}

}
