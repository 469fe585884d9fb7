package dev.socketserver.handler.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;

/**
 * Methods by the class of the payload: a frame is converted once, to the type that all
 * have in common, and then the method with the nearest type is called.
 */
final class TypeTable implements MessageTable {

	private final List<MappedMethod> methods;

	private final PayloadConverter<?> reader;

	/** The indices of methods by the classes that they take. */
	private final Map<Class<?>, Integer> byType = new HashMap<>();

	/** The index of the method for each class that has occurred. */
	private final Map<Class<?>, Integer> known = new ConcurrentHashMap<>();

	/** The index of the default method. */
	private final int fallback;

	/**
	 * Makes the table.
	 * @param origin the bean, with which messages begin
	 * @param methods the methods
	 * @param reader reads the type that they have in common
	 * @throws InvalidHandlerException if a message could have several methods, or a
	 * method could have none
	 */
	TypeTable(String origin, List<MappedMethod> methods, PayloadConverter<?> reader) {
		this.methods = methods;
		this.reader = reader;
		this.fallback = DispatchedMethods.fallback(origin, methods);
		for (int i = 0; i < methods.size(); i++) {
			MappedMethod method = methods.get(i);
			Class<?> type = method.payload();
			if (i == this.fallback) {
				continue;
			}
			if (type == null) {
				throw new InvalidHandlerException(
						"%s: %s would never be called, since no parameter takes the message: %s".formatted(origin,
								method.description(), DispatchedMethods.names(methods)),
						"Add the parameter, or let it be the default: @OnMessage(isDefault = true)");
			}
			Integer other = this.byType.putIfAbsent(type, i);
			if (other != null) {
				throw new InvalidHandlerException(
						"%s has several methods for %s: %s".formatted(origin, type.getName(),
								DispatchedMethods.names(of(type))),
						"Keep one of them, let them take different types, or set the property discriminator");
			}
		}
	}

	private List<MappedMethod> of(Class<?> type) {
		return this.methods.stream().filter((method) -> !method.isDefault() && method.payload() == type).toList();
	}

	@Override
	public KeyedMethod choose(Object frame) throws Exception {
		Object payload = Payloads.read(this.reader, frame);
		Class<?> type = payload.getClass();
		return new KeyedMethod(type.getName(), this.known.computeIfAbsent(type, this::nearest), payload);
	}

	@Override
	public Object read(Object frame, KeyedMethod chosen) {
		return Objects.requireNonNull(chosen.payload());
	}

	/**
	 * Looks at the class, then at its superclass and its interfaces, in the order in
	 * which it names them, then at theirs.
	 */
	private int nearest(Class<?> type) {
		List<Class<?>> level = List.of(type);
		while (!level.isEmpty()) {
			List<Class<?>> next = new ArrayList<>();
			for (Class<?> each : level) {
				Integer found = this.byType.get(each);
				if (found != null) {
					return found;
				}
				if (each.getSuperclass() != null) {
					next.add(each.getSuperclass());
				}
				next.addAll(List.of(each.getInterfaces()));
			}
			level = next;
		}
		Class<?> others = hasDefault() ? this.methods.get(this.fallback).payload() : null;
		return (others == null || others.isAssignableFrom(type)) ? this.fallback : KeyedMethod.NONE;
	}

	/** Whether a method is for payloads of a class. */
	boolean covers(Class<?> type) {
		return nearest(type) != KeyedMethod.NONE;
	}

	boolean hasDefault() {
		return this.fallback != KeyedMethod.NONE;
	}

	@Override
	public PayloadConverter<?> input() {
		return DispatchedMethods.frames(this.reader, this.methods, List.of(this.reader));
	}

	@Override
	public List<Mapping> mappings() {
		List<Mapping> mappings = new ArrayList<>();
		for (int i = 0; i < this.methods.size(); i++) {
			MappedMethod method = this.methods.get(i);
			Class<?> type = method.payload();
			String key = (i != this.fallback && type != null) ? type.getName() : null;
			mappings.add(DispatchedMethods.mapping(key, method));
		}
		return mappings;
	}

}
