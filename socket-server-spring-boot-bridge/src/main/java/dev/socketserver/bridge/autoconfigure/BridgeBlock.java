package dev.socketserver.bridge.autoconfigure;

import java.util.List;
import java.util.Objects;

import dev.socketserver.ServerSpec;
import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.block.KnownModules;
import dev.socketserver.autoconfigure.block.ServerBlock;
import dev.socketserver.autoconfigure.properties.SameNames;
import dev.socketserver.autoconfigure.properties.SessionProperties.Inbound;
import dev.socketserver.bridge.properties.BridgeProperties;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.core.env.Environment;

/**
 * Puts the bridge of a server before its handler.
 */
final class BridgeBlock implements ServerBlock<BridgeProperties> {

	private static final String TO = "bridge.to";

	private static final List<String> KEYS = SameNames.keys("bridge", BridgeProperties.class).toList();

	private static final List<String> OF_ALL = List.of("bridge.require-durable", "bridge.initialize-schema");

	@Override
	public String prefix() {
		return "bridge";
	}

	@Override
	public Class<BridgeProperties> type() {
		return BridgeProperties.class;
	}

	@Override
	public void check(BeanFactory beans, Environment environment) {
		for (String key : OF_ALL) {
			String value = environment.getProperty("socket." + key);
			if (value != null && beans.getBeanProvider(ConfiguredBridges.class).getIfAvailable() == null) {
				throw Objects.requireNonNull(KnownModules.ifAbsent(key, value));
			}
		}
	}

	@Override
	public boolean handles(BridgeProperties properties) {
		return properties.acknowledges();
	}

	@Override
	public void apply(BlockServer server, BridgeProperties properties, ServerSpec.Builder builder) {
		if (server.isHandlerLate()) {
			refuse(server, properties);
			return;
		}
		String key = KEYS.stream().filter(server::isSet).findFirst().orElse(null);
		if (key == null) {
			return;
		}
		ConfiguredBridges bridges = server.beans().getBeanProvider(ConfiguredBridges.class).getIfAvailable();
		if (bridges == null) {
			throw KnownModules.absent(server, key);
		}
		if (properties.to() == null) {
			server.pointless(server.own(TO) + " is not set", KEYS.toArray(String[]::new));
			return;
		}
		builder.handler(bridges.bridge(server, properties));
		limit(server.properties().getInbound(), properties, builder);
	}

	@Override
	public void inForce(String server, BridgeProperties properties, BeanFactory beans) {
		String to = properties.to();
		if (to != null) {
			beans.getBeanProvider(ConfiguredBridges.class).ifAvailable((bridges) -> bridges.inForce(server, to));
		}
		else {
			gone(server, beans);
		}
	}

	@Override
	public void gone(String server, BeanFactory beans) {
		// Where nothing has made it there is none, and it would wait for the database.
		if (beans instanceof SingletonBeanRegistry made
				&& made.getSingleton(SocketBridgeAutoConfiguration.BRIDGES) instanceof ConfiguredBridges bridges) {
			bridges.gone(server);
		}
	}

	private static void refuse(BlockServer server, BridgeProperties properties) {
		if (properties.to() != null) {
			throw server.invalid(TO,
					"the application adds the handler of " + server.owner()
							+ " itself, and a bridge stands before the handler of a bean",
					"Set the property handler, too");
		}
	}

	/**
	 * Has the socket be read until as much is being stored as may, and not beyond: more
	 * would only wait. A smaller capacity that is set stays.
	 */
	private static void limit(@Nullable Inbound inbound, BridgeProperties properties, ServerSpec.Builder builder) {
		Integer capacity = (inbound != null) ? inbound.capacity() : null;
		boolean blocks = inbound == null || inbound.overflow() == null || inbound.overflow() == InboundOverflow.BLOCK;
		if (blocks && (capacity == null || properties.stored() < capacity)) {
			builder.inbound((block) -> block.capacity(properties.stored()));
		}
	}

}
