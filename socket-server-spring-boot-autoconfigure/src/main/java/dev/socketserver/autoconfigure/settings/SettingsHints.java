package dev.socketserver.autoconfigure.settings;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.FailOver;
import dev.socketserver.client.Route;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.framing.Framing;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.Execution;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.Inbound;
import dev.socketserver.spec.Limits;
import dev.socketserver.spec.Outbound;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.Requests;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.Threads;
import dev.socketserver.spec.Timeouts;
import dev.socketserver.spec.connect.ClientThreads;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.spec.gate.Bans;
import dev.socketserver.spec.gate.Gate;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.Rates;
import dev.socketserver.spec.listen.DomainSocket;
import dev.socketserver.spec.listen.ListenOn;
import dev.socketserver.spec.listen.Tcp;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.spec.listen.Udp;
import dev.socketserver.tls.TlsBundle;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Says what a native image keeps: the table of settings, and the components of
 * specifications, which are read by their names.
 */
final class SettingsHints implements RuntimeHintsRegistrar {

	private static final Class<?>[] SPECIFICATIONS = { ServerSpec.class, ClientSpec.class, SessionSpec.class,
			ListenerSpec.class, ClientPool.class, FailOver.class, Route.class, Route.Proxy.class, ServerAddress.class,
			Framing.class, DrainPlan.class, Execution.class, Heartbeat.class, Inbound.class, Limits.class,
			Outbound.class, ProxyProtocol.class, Requests.class, SocketOptions.class, Threads.class, Timeouts.class,
			ClientThreads.class, ClientTls.class, Reconnect.class, Bans.class, Gate.class, Login.class, Rate.class,
			Rates.class, DomainSocket.class, ListenOn.class, Tcp.class, Tls.class, Udp.class, TlsBundle.class };

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern(SettingsTable.FILE);
		for (Class<?> type : SPECIFICATIONS) {
			hints.reflection().registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

}
