package dev.socketserver.autoconfigure.spec;

import dev.socketserver.ServerHandler;
import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;

/**
 * A server of the properties, as modules see it.
 *
 * @param entry the server
 * @param properties its values
 * @param handlers knows converters of payloads
 * @param beans has what modules make
 * @param handler the handler; {@code null} if there is none
 * @param isHandlerLate whether the application adds the handler
 */
record EntryOfServer(PropertyEntry entry, ServerProperties properties, HandlerBeans handlers, BeanFactory beans,
		@Nullable ServerHandler handler, boolean isHandlerLate) implements BlockServer {

	@Override
	public String name() {
		return this.entry.name();
	}

	@Override
	public String owner() {
		return this.entry.owner();
	}

	@Override
	public String own(String key) {
		return this.entry.own(key);
	}

	@Override
	public boolean isSet(String key) {
		return this.entry.isSet(key);
	}

	@Override
	public InvalidSocketPropertyException invalid(String key, String problem, @Nullable String remedy) {
		return this.entry.invalid(key, problem, remedy);
	}

	@Override
	public void pointless(String reason, String... keys) {
		this.entry.pointless(reason, keys);
	}

	@Override
	public PayloadConverter<?> reader(String who) {
		try {
			return this.handlers.reader(SessionSpecs.payloads(this.properties), who);
		}
		catch (InvalidHandlerException ex) {
			throw this.entry.unusable(ex);
		}
	}

}
