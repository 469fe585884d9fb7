package dev.socketserver.autoconfigure.spec;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Ready;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.Timeouts;
import dev.socketserver.spec.gate.Bans;
import dev.socketserver.spec.gate.Rates;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.Tcp;
import dev.socketserver.tls.TlsMode;
import org.jspecify.annotations.Nullable;

/**
 * Warns about keys that an entry sets itself, and that have no effect, or one that is not
 * meant, given the rest of the entry. There is no warning about inherited keys, which may
 * be meant for other servers.
 */
final class PointlessSettings {

	private final PropertyEntry entry;

	private final Map<String, String> found = new LinkedHashMap<>();

	private PointlessSettings(PropertyEntry entry) {
		this.entry = entry;
	}

	/**
	 * Warns about keys of a server, once for each.
	 * @param spec the specification made of the entry
	 * @param entry the entry
	 * @param noLogin why nobody has to log in; {@code null} if that is for the entry to
	 * say
	 */
	static void report(ServerSpec spec, PropertyEntry entry, @Nullable String noLogin) {
		PointlessSettings settings = new PointlessSettings(entry);
		if (noLogin != null) {
			settings.when(true, noLogin, "login.timeout", "login.by", "login.frame", "login.messages", "login.attempts",
					"login.sessions");
		}
		settings.find(spec.listeners());
		settings.find(spec);
		settings.report(spec.options(), spec.session().timeouts());
	}

	/**
	 * Warns about keys of a client, once for each.
	 * @param spec the specification made of the entry
	 * @param entry the entry
	 */
	static void report(ClientSpec spec, PropertyEntry entry) {
		PointlessSettings settings = new PointlessSettings(entry);
		settings.find(spec);
		settings.find(spec.session(), spec.options());
		settings.report(spec.options(), spec.session().timeouts());
	}

	private void report(SocketOptions options, Timeouts timeouts) {
		Duration write = timeouts.write();
		Duration unacknowledged = options.userTimeout();
		if (write != null && unacknowledged != null && unacknowledged.compareTo(write) < 0) {
			this.entry.cutsWrites(unacknowledged, write);
		}
		for (Map.Entry<String, String> each : this.found.entrySet()) {
			this.entry.pointless(each.getValue(), each.getKey());
		}
	}

	/** Finds what has no effect on any of several listeners. */
	private void find(List<ListenerSpec> listeners) {
		PointlessSettings common = find(listeners.get(0));
		for (ListenerSpec other : listeners.subList(1, listeners.size())) {
			common.found.keySet().retainAll(find(other).found.keySet());
		}
		for (Map.Entry<String, String> each : common.found.entrySet()) {
			when(true, each.getValue(), each.getKey());
		}
	}

	private PointlessSettings find(ListenerSpec listener) {
		PointlessSettings settings = new PointlessSettings(this.entry);
		settings.find(listener.session(), listener.options());
		return settings;
	}

	private void find(SessionSpec spec, SocketOptions options) {
		when(!options.keepAlive(), "options.keep-alive is off", "options.keep-alive-idle",
				"options.keep-alive-interval", "options.keep-alive-count");
		boolean raw = spec.framing().passThrough();
		String noFrames = "raw framing has no frames";
		when(spec.unframed(), noFrames, "limits.frame", "timeouts.frame", "timeouts.on-frame");
		when(spec.timeouts().frame() == null, "timeouts.frame is off", "timeouts.on-frame");
		when(spec.framing().switchable(), "with a switchable framing, frames are cut one at a time", "inbound.capacity",
				"inbound.bytes");
		// For a function, what a read has brought is a request.
		when(raw && spec.handler().bytesAsTheyCome(), noFrames, "requests-per-session");
		when(!raw, "only raw framing uses it", "read-buffer");
		boolean calledOnce = !(spec.handler() instanceof ServerHandler.Messages);
		when(calledOnce, "the handler occupies a thread for each session", "execution.threads", "execution.queue",
				"execution.executor");
		when(calledOnce, "a call of the handler lasts as long as its session, and is not watched", "timeouts.handler");
		when(spec.execution().executor() != null, "an executor bean runs the handler", "execution.threads",
				"execution.queue");
		when(spec.execution().mode() != ExecutionMode.POOL, "there is no pool of threads", "execution.threads",
				"execution.queue");
		find(spec.heartbeat());
	}

	private void find(@Nullable Heartbeat heartbeat) {
		String off = "heartbeat.period is off";
		when(heartbeat == null || heartbeat.message() == null, "heartbeat.message is not set", "heartbeat.placeholder");
		when(heartbeat == null || heartbeat.reply() == null, "heartbeat.reply is not set", "heartbeat.reply-timeout");
		when(heartbeat == null || heartbeat.period() == null, off, "heartbeat.timeout", "heartbeat.reply-timeout");
		// The first is sent without a period by a client that signs on with it.
		when(heartbeat == null || (heartbeat.period() == null && heartbeat.reply() == null), off, "heartbeat.message",
				"heartbeat.placeholder");
	}

	private void find(ServerSpec spec) {
		boolean unframed = true;
		boolean plain = true;
		boolean onRequest = true;
		boolean direct = true;
		boolean datagrams = true;
		boolean local = true;
		for (ListenerSpec listener : spec.listeners()) {
			unframed &= listener.session().unframed();
			plain &= listener.tls() == null;
			onRequest &= listener.tls() == null || listener.tls().mode() != TlsMode.IMMEDIATE;
			direct &= listener.proxyProtocol().mode() == ProxyMode.OFF;
			datagrams &= listener.session().datagrams();
			// In this order, since most are TCP's, and need no other class at the start.
			local &= !(listener.listenOn() instanceof Tcp) && listener.listenOn() instanceof DomainSocket;
		}
		when(spec.oneShot(), "there is one session at most", "limits.alarm");
		when(plain, "there is no ssl.bundle", "ssl.client-auth", "ssl.handshake-timeout", "ssl.mode");
		when(direct, "proxy-protocol.mode is off", "proxy-protocol.trusted");
		when(direct && plain, "every connection is a session at once, without ssl.bundle and proxy-protocol",
				"limits.pending");
		when(direct && onRequest && !plain, "every connection is a session at once, with ssl.mode on-request",
				"limits.pending");
		Rates rate = spec.gate().rate();
		when(rate == null || rate.messages() == null, "there is no rate.messages", "rate.messages-burst");
		when(rate == null || rate.bytes() == null, "there is no rate.bytes", "rate.bytes-burst");
		when(rate == null || !rate.limited(), "there is neither rate.messages nor rate.bytes", "rate.on-exceeded");
		when(unframed, "raw framing has no messages", "rate.messages", "login.frame", "login.messages");
		when(spec.gate().login() == null, "there is no login.timeout", "login.by", "login.frame", "login.messages",
				"login.attempts", "login.sessions");
		Bans ban = spec.gate().ban();
		boolean counts = ban != null && ban.offences() > 0;
		when(counts && datagrams, "anybody can write the address of another into a datagram", "ban.offences");
		when(counts && direct && local, ListenSpecs.NO_ADDRESS, "ban.offences");
		when(!counts, "there are no ban.offences", "ban.within", "ban.max-for", "ban.reasons");
		if (counts && direct && spec.limits().allow().size() == 1) {
			this.entry.bansOneRange(spec.limits().allow().get(0).toString());
		}
		when(spec.limits().sessionsPerAddress() >= spec.limits().sessions(), "limits.sessions is not higher",
				"limits.sessions-per-address");
	}

	private void find(ClientSpec spec) {
		when(spec.byHand() && !spec.session().args().isEmpty(), "there is no handler", "args");
		when(spec.byHand(), "there is no handler", "timeouts.handler");
		when(spec.tls() == null, "there is no ssl.bundle", "ssl.server-name", "ssl.mode");
		ClientPool pool = spec.pool();
		when(pool != null && pool.ready() == Ready.CONNECTED, "connections are ready at once", "ready-timeout");
		when(pool != null && pool.size() == 1, "there is one connection", "pool.key");
		when(true, "a client does not listen", "options.reuse-address", "options.reuse-port");
	}

	/**
	 * Notes that keys have no effect, if something applies. The first reason for a key is
	 * kept.
	 */
	private void when(boolean applies, String reason, String... pointless) {
		if (applies) {
			for (String key : pointless) {
				this.found.putIfAbsent(key, reason);
			}
		}
	}

}
