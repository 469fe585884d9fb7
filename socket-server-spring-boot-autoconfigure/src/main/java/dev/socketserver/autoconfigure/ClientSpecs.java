package dev.socketserver.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.function.IntSupplier;

import dev.socketserver.autoconfigure.SocketProperties.Client;
import dev.socketserver.autoconfigure.SocketProperties.ClientLimits;
import dev.socketserver.autoconfigure.SocketProperties.ClientSsl;
import dev.socketserver.autoconfigure.SocketProperties.ClientStart;
import dev.socketserver.autoconfigure.SocketProperties.ClientThreads;
import dev.socketserver.autoconfigure.SocketProperties.Reconnect;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.handler.BuiltInHandler;
import dev.socketserver.handler.HandlerBeans;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.Payload;
import dev.socketserver.handler.PayloadSettings;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.tls.TlsBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the properties of clients into specifications.
 */
final class ClientSpecs {

	static final String PORT_REMEDY = "Set it to the server's port, between 1 and 65535";

	private static final Map<String, String> KEYS = Map.of("readBufferBytes", "read-buffer", "closeTimeout",
			"drain-timeout");

	private static final Logger logger = LoggerFactory.getLogger(ClientSpecs.class);

	private final SessionSpecs sessions;

	private final LocalPorts localPorts;

	ClientSpecs(SessionSpecs sessions, LocalPorts localPorts) {
		this.sessions = sessions;
		this.localPorts = localPorts;
	}

	/**
	 * Makes the specification of one client.
	 * @param name the client's name
	 * @param entry what the properties say about it
	 * @param beans the handler beans
	 * @param handler the name of its handler, or {@code null} if it has none
	 * @param builtIn whether that names a built-in handler, and no bean
	 * @return the specification, and whether the client starts with the application
	 * @throws InvalidSocketPropertyException if a value is missing or wrong
	 */
	ConfiguredClient create(String name, Client entry, HandlerBeans beans, @Nullable String handler, boolean builtIn) {
		// A client inherits nothing.
		EntryValues<Client> values = this.sessions.values(Section.CLIENTS, name, entry, new Client());
		values.note("handler", entry.getHandler());
		if (!entry.getArgs().isEmpty()) {
			values.note("args", entry.getArgs());
		}
		ClientSpec.Builder builder = ClientSpec.builder(name).args(entry.getArgs());
		ConfiguredFraming framing = this.sessions.framing(values);
		if (handler == null) {
			byHand(values, framing, beans, builder);
		}
		else if (builtIn) {
			builtIn(values, handler, beans, builder);
		}
		else {
			this.sessions.handler(values, beans, handler, builder);
		}
		port(values, entry.getPort(), builder);
		builder.execution(this.sessions.execution(values));
		builder.closeTimeout(this.sessions.drainTimeout(values));
		this.sessions.session(values, framing, builder);
		values.with("host", Client::getHost, builder::host);
		values.with("transport", Client::getTransport, builder::transport);
		values.with("connect-timeout", Client::getConnectTimeout, builder::connectTimeout);
		values.with("correlator", Client::getCorrelator,
				(bean) -> builder.correlator(this.sessions.correlator(values, bean)));
		EntryValues<ClientLimits> limits = values.block("limits", Client::getLimits);
		if (limits != null) {
			limits.size("frame", ClientLimits::frame, builder::maxFrameBytes);
		}
		EntryValues<ClientThreads> threads = values.block("threads", Client::getThreads);
		if (threads != null) {
			threads.with("name", ClientThreads::name, builder::threadName);
		}
		EntryValues<ClientStart> start = values.block("start", Client::getStart);
		boolean autoStart = start == null || start.get("auto", ClientStart::auto, true);
		ClientSpec spec = this.sessions.build(values, framing, KEYS,
				() -> builder.options(SessionSpecs.options(values))
					.reconnect(reconnect(values))
					.tls(tls(values))
					.heartbeat(SessionSpecs.heartbeat(values))
					.build(),
				ClientSpec::session);
		PointlessSettings.report(spec, values.ownKeys());
		return new ConfiguredClient(spec, autoStart);
	}

	/**
	 * Describes a client without a handler, which the application uses by hand. With raw
	 * framing its payloads are bytes unless the properties say otherwise: what a read
	 * brings is not a whole text.
	 */
	private static void byHand(EntryValues<Client> values, @Nullable ConfiguredFraming framing, HandlerBeans beans,
			ClientSpec.Builder builder) {
		PayloadSettings settings = SessionSpecs.payloads(values);
		boolean raw = framing != null && framing.framing().passThrough();
		if (raw && settings.payload() == Payload.AUTO) {
			settings = new PayloadSettings(Payload.BYTES, settings.charset());
		}
		try {
			PayloadConverter<?> input = beans.reader(settings, values.owner());
			builder.byHand(input).charset(settings.charset()).converters(beans.writers(settings));
		}
		catch (InvalidHandlerException ex) {
			throw values.invalid(ex.key(), String.valueOf(ex.getMessage()), ex.remedy(), ex);
		}
	}

	private static void builtIn(EntryValues<Client> values, String handler, HandlerBeans beans,
			ClientSpec.Builder builder) {
		PayloadSettings settings = new PayloadSettings(Payload.AUTO, SessionSpecs.payloads(values).charset());
		BuiltInHandler found = BuiltInHandler.of(handler);
		if (found == null) {
			throw new IllegalArgumentException("No handler '" + handler + "' is built in");
		}
		builder.handler(found.serverHandler()).charset(settings.charset()).converters(beans.writers(settings));
	}

	private void port(EntryValues<Client> values, @Nullable String port, ClientSpec.Builder builder) {
		IntSupplier local = (port != null) ? this.localPorts.find(values.name(), port) : null;
		if (local != null) {
			values.note("port", port);
			builder.port(local);
		}
		else {
			builder.port(this.sessions.port(values, port, 1, PORT_REMEDY));
		}
	}

	private static ClientSpec.Reconnect reconnect(EntryValues<Client> entry) {
		ClientSpec.Reconnect unset = ClientSpec.Reconnect.DEFAULT;
		EntryValues<Reconnect> values = entry.block("reconnect", Client::getReconnect);
		if (values == null) {
			return unset;
		}
		Duration period = values.get("period", Reconnect::period, unset.period());
		Duration longest = (period.compareTo(unset.maxPeriod()) > 0) ? period : unset.maxPeriod();
		return new ClientSpec.Reconnect(period, values.get("max-period", Reconnect::maxPeriod, longest),
				values.get("jitter", Reconnect::jitter, unset.jitter()));
	}

	private ClientSpec.@Nullable Tls tls(EntryValues<Client> entry) {
		EntryValues<ClientSsl> values = entry.block("ssl", Client::getSsl);
		if (values == null) {
			return null;
		}
		String name = values.get("bundle", ClientSsl::bundle);
		String serverName = values.get("server-name", ClientSsl::serverName);
		if (name == null || name.isBlank()) {
			return null;
		}
		TlsBundle bundle = this.sessions.tlsBundle(values.property("bundle"), name);
		bundle.addListener(new ReloadLog(values.name(), bundle));
		return new ClientSpec.Tls(bundle, serverName);
	}

	/**
	 * Logs that a bundle was reloaded, or could not be: a server has an alarm for that, a
	 * client has none.
	 */
	private record ReloadLog(String client, TlsBundle bundle) implements TlsBundle.Listener {

		@Override
		public void replaced() {
			// The next attempt to connect takes it.
			logger.info("Client '{}' takes the new content of SSL bundle '{}' for its next connections", this.client,
					this.bundle);
		}

		@Override
		public void reloadFailed(Throwable cause) {
			logger.warn("Client '{}' continues with the previous content of SSL bundle '{}', which "
					+ "cannot be used after its reload: {}", this.client, this.bundle, cause.getMessage());
		}

	}

}
