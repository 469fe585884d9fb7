package dev.socketserver.autoconfigure.lifecycle;

import java.util.Collection;

import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.spec.SessionSpecs;
import dev.socketserver.exchange.SocketExchanges;
import dev.socketserver.exchange.call.ConfiguredClients;
import dev.socketserver.exchange.call.ProxiedExchanges;
import dev.socketserver.handler.payload.PayloadSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Says which clients interfaces may ask. Loaded only where there are such interfaces.
 *
 * @param entries the clients of the properties
 */
public record AskedClients(ConfiguredEntries entries) implements ConfiguredClients {

	/**
	 * Makes what implements interfaces by requests to these clients.
	 * @param beans has what is asked
	 * @param entries the clients of the properties
	 * @return the bean
	 */
	public static SocketExchanges exchanges(ConfigurableListableBeanFactory beans, ConfiguredEntries entries) {
		return new ProxiedExchanges(beans, new AskedClients(entries));
	}

	@Override
	public Collection<String> names() {
		return this.entries.clientNames();
	}

	@Override
	public @Nullable PayloadSettings payloads(String name) {
		ClientProperties client = this.entries.client(name);
		return (client != null) ? SessionSpecs.payloads(client) : null;
	}

}
