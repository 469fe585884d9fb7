package dev.socketserver.netty.workaround;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Gives the connections of a listener one object for our address, which nearly all of
 * them have alike. Netty makes one of 96 bytes for each, in a private field (4.2.18,
 * {@code AbstractEpollChannel.local} and {@code AbstractIoUringChannel.local}). Where
 * there is no such field, or access to it is denied, each keeps its own.
 * {@code SharedLocalAddressTests} fails without it. Confined to the event loop of the
 * listener.
 */
public final class SharedLocalAddress {

	private static final String FIELD = "local";

	/** The address of the last connection; absent before the first. */
	private @Nullable SocketAddress last;

	/** Of which class the connections are; absent before the first. */
	private @Nullable Class<?> type;

	/** Absent if they keep their address elsewhere. */
	private @Nullable VarHandle field;

	/**
	 * Gives a connection that was just accepted the address of the one before, if that is
	 * equal.
	 */
	public void share(Channel channel) {
		if (this.type != channel.getClass()) {
			this.type = channel.getClass();
			this.field = field(channel.getClass());
		}
		if (this.field == null) {
			return;
		}
		// Not by localAddress(), which keeps what it returns in another field.
		SocketAddress own = (SocketAddress) this.field.get(channel);
		if (this.last != null && this.last.equals(own) && scope(this.last) == scope(own)) {
			this.field.setVolatile(channel, this.last);
		}
		else {
			this.last = own;
		}
	}

	/** Returns of which interface an address is, which {@code equals} leaves out. */
	private static int scope(SocketAddress address) {
		return (address instanceof InetSocketAddress socket && socket.getAddress() instanceof Inet6Address scoped)
				? scoped.getScopeId() : 0;
	}

	private static @Nullable VarHandle field(Class<?> type) {
		for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
			try {
				return MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
					.findVarHandle(declaring, FIELD, SocketAddress.class);
			}
			catch (ReflectiveOperationException | RuntimeException ex) {
				// A superclass may have it.
			}
		}
		return null;
	}

}
