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
 */
final class EntryOfServer implements BlockServer {

	private final PropertyEntry entry;

	private final ServerProperties properties;

	private final HandlerBeans handlers;

	private final BeanFactory beans;

	private final @Nullable ServerHandler handler;

	private final boolean handlerLate;

	/**
	 * Creates the view.
	 * @param entry the server
	 * @param properties its values
	 * @param handlers knows converters of payloads
	 * @param beans has what modules make
	 * @param handler the handler; {@code null} if there is none
	 * @param handlerLate whether the application adds the handler
	 */
	EntryOfServer(PropertyEntry entry, ServerProperties properties, HandlerBeans handlers, BeanFactory beans,
			@Nullable ServerHandler handler, boolean handlerLate) {
		this.entry = entry;
		this.properties = properties;
		this.handlers = handlers;
		this.beans = beans;
		this.handler = handler;
		this.handlerLate = handlerLate;
	}

	@Override
	public String name() {
		return this.entry.name();
	}

	@Override
	public String owner() {
		return this.entry.owner();
	}

	@Override
	public ServerProperties properties() {
		return this.properties;
	}

	@Override
	public BeanFactory beans() {
		return this.beans;
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
	public @Nullable ServerHandler handler() {
		return this.handler;
	}

	@Override
	public boolean isHandlerLate() {
		return this.handlerLate;
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
