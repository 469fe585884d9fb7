package dev.socketserver.autoconfigure.spec;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.handler.BridgeModule;
import dev.socketserver.autoconfigure.handler.ServerBridges;
import dev.socketserver.autoconfigure.properties.BridgeProperties;
import dev.socketserver.autoconfigure.properties.BridgeProperties.Retry;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties.Inbound;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.handler.payload.PayloadSettings;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;

/**
 * Puts the bridge of a server before its handler. Loaded only where a server has a key of
 * a bridge.
 */
final class BridgeSpecs {

	/** How many frames wait for a handler, unless that is set. */
	private static final int CAPACITY = 64;

	private final PropertyEntry entry;

	private final ServerProperties properties;

	private final BridgeProperties bridge;

	BridgeSpecs(PropertyEntry entry, ServerProperties properties, BridgeProperties bridge) {
		this.entry = entry;
		this.properties = properties;
		this.bridge = bridge;
	}

	/**
	 * Puts the bridge before the handler.
	 * @param handler the handler, {@code null} if there is none
	 * @param handlers knows converters of payloads
	 * @param beans may have what makes bridges
	 * @param builder is given the handler
	 * @throws InvalidSocketPropertyException if the bridge cannot work
	 */
	void apply(@Nullable ServerHandler handler, HandlerBeans handlers, BeanFactory beans, ServerSpec.Builder builder) {
		String key = firstKey();
		if (key == null) {
			return;
		}
		ServerBridges bridges = new BridgeModule(beans).bridges(key, this.entry::invalid);
		if (this.bridge.to() == null) {
			this.entry.pointless(this.entry.own("bridge.to") + " is not set", "bridge.id", "bridge.key", "bridge.when",
					"bridge.in-flight", "bridge.timeout", "bridge.retry.period", "bridge.retry.max-period",
					"bridge.on-failure", "bridge.acknowledge", "bridge.reply");
			return;
		}
		PayloadSettings settings = SessionSpecs.payloads(this.properties);
		if (handler == null) {
			builder.charset(settings.charset()).converters(handlers.writers(settings));
		}
		builder.handler(bridges.bridge(new ServerBridges.Server(this.entry.name(), this.bridge, handler,
				reader(handlers, settings), this.entry::invalid)));
	}

	/**
	 * Has the socket not be read while as much is being stored as may: more would only
	 * wait.
	 */
	static void limit(ServerProperties properties, BridgeProperties bridge, ServerSpec.Builder builder) {
		Inbound inbound = properties.getInbound();
		int capacity = (inbound != null && inbound.capacity() != null) ? inbound.capacity() : CAPACITY;
		boolean blocks = inbound == null || inbound.overflow() == null || inbound.overflow() == InboundOverflow.BLOCK;
		if (bridge.to() != null && blocks && bridge.stored() < capacity) {
			builder.inbound((block) -> block.capacity(bridge.stored()));
		}
	}

	private PayloadConverter<?> reader(HandlerBeans handlers, PayloadSettings settings) {
		try {
			return handlers.reader(settings, "the bridge of " + this.entry.owner());
		}
		catch (InvalidHandlerException ex) {
			throw this.entry.unusable(ex);
		}
	}

	/** Returns a key that is set, {@code null} if all are empty. */
	private @Nullable String firstKey() {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		Retry retry = this.bridge.retry();
		values.put("bridge.to", this.bridge.to());
		values.put("bridge.id", this.bridge.id());
		values.put("bridge.key", this.bridge.key());
		values.put("bridge.when", this.bridge.when());
		values.put("bridge.in-flight", this.bridge.inFlight());
		values.put("bridge.timeout", this.bridge.timeout());
		values.put("bridge.retry.period", (retry != null) ? retry.period() : null);
		values.put("bridge.retry.max-period", (retry != null) ? retry.maxPeriod() : null);
		values.put("bridge.on-failure", this.bridge.onFailure());
		values.put("bridge.acknowledge", this.bridge.acknowledge());
		values.put("bridge.reply", this.bridge.reply());
		for (Map.Entry<String, @Nullable Object> each : values.entrySet()) {
			if (each.getValue() != null) {
				return each.getKey();
			}
		}
		return null;
	}

}
