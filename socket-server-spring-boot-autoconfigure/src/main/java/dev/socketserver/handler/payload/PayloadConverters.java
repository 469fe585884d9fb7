package dev.socketserver.handler.payload;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import dev.socketserver.handler.InvalidHandlerException;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Decides what reads frames and what writes them, among the application's converters,
 * text and bytes, protobuf and JSON. The order is the same in both directions: the
 * converter bean of exactly the type, text and bytes, the first converter bean that takes
 * it, protobuf, JSON.
 */
public final class PayloadConverters {

	private static final String JACKSON = "tools.jackson.databind.json.JsonMapper";

	private static final String PROTOBUF = "com.google.protobuf.MessageLite";

	private static final List<Class<?>> BUILT_IN = List.of(String.class, CharSequence.class, byte[].class,
			ByteBuffer.class);

	private final List<PayloadConverter<?>> beans;

	private final boolean protobuf;

	private final @Nullable JsonPayloads json;

	/** What to do to have JSON if there is none. */
	private final String jsonRemedy;

	/**
	 * Finds the converters.
	 * @param beanFactory knows the beans
	 */
	public PayloadConverters(ConfigurableListableBeanFactory beanFactory) {
		ClassLoader classLoader = beanFactory.getBeanClassLoader();
		this.beans = beanFactory
			.<PayloadConverter<?>>getBeanProvider(ResolvableType.forRawClass(PayloadConverter.class))
			.orderedStream()
			.toList();
		this.protobuf = ClassUtils.isPresent(PROTOBUF, classLoader);
		boolean jackson = ClassUtils.isPresent(JACKSON, classLoader);
		this.json = jackson ? JsonPayloads.of(beanFactory) : null;
		this.jsonRemedy = jackson ? JsonPayloads.REMEDY : "add Jackson, for example spring-boot-starter-jackson";
	}

	/**
	 * Returns the converter that reads frames.
	 * @param type what the handler takes, with its generics
	 * @param settings what the properties say
	 * @param reader who reads, as the subject of messages
	 * @return the converter
	 * @throws InvalidHandlerException if there is none
	 */
	public PayloadConverter<?> reading(ResolvableType type, PayloadSettings settings, String reader) {
		Class<?> raw = known(type);
		// Not a switch: the compiler makes a class for it, which each start would load.
		Payload payload = settings.payload();
		if (payload == Payload.AUTO) {
			return automatic(type, raw, settings.charset(), reader);
		}
		if (payload == Payload.TEXT) {
			if (raw != null && !raw.isAssignableFrom(String.class)) {
				throw contradiction(reader, raw, "text");
			}
			return PayloadConverter.text(settings.charset());
		}
		return (payload == Payload.BYTES) ? bytes(raw, reader) : json(type, raw, reader);
	}

	private static PayloadConverter<?> bytes(@Nullable Class<?> raw, String reader) {
		if (raw == ByteBuffer.class) {
			return PayloadConverter.buffer();
		}
		if (raw != null && !raw.isAssignableFrom(byte[].class)) {
			throw contradiction(reader, raw, "bytes");
		}
		return PayloadConverter.bytes();
	}

	private PayloadConverter<?> json(ResolvableType type, @Nullable Class<?> raw, String reader) {
		if (raw == byte[].class || raw == ByteBuffer.class || (raw != null && isProtobuf(raw))) {
			throw contradiction(reader, raw, "JSON");
		}
		if (this.json == null) {
			throw InvalidHandlerException.payload(reader + " cannot read JSON, since there is no mapper",
					StringUtils.capitalize(this.jsonRemedy));
		}
		return this.json.converter(type);
	}

	private PayloadConverter<?> automatic(ResolvableType type, @Nullable Class<?> raw, Charset charset, String reader) {
		if (raw == null) {
			throw new InvalidHandlerException(reader + " does not declare what it reads",
					"Declare the types, for example as the return type Function<String, String> of a @Bean method, "
							+ "or set the payload property to text, bytes or json");
		}
		PayloadConverter<?> found = find(type, raw, charset);
		if (found == null) {
			throw new InvalidHandlerException(
					"%s reads %s, for which there is no converter".formatted(reader, ClassUtils.getQualifiedName(raw)),
					"Let it read String, byte[] or ByteBuffer, declare a PayloadConverter bean, or, for JSON, "
							+ this.jsonRemedy);
		}
		return found;
	}

	private @Nullable PayloadConverter<?> find(ResolvableType type, Class<?> raw, Charset charset) {
		for (PayloadConverter<?> bean : this.beans) {
			if (bean.type() == raw) {
				return bean;
			}
		}
		PayloadConverter<?> builtIn = builtIn(raw, charset);
		if (builtIn != null) {
			return builtIn;
		}
		for (PayloadConverter<?> bean : this.beans) {
			if (raw.isAssignableFrom(bean.type())) {
				return bean;
			}
		}
		if (isProtobuf(raw)) {
			return ProtobufConverter.of(raw);
		}
		return (this.json != null) ? this.json.converter(type) : null;
	}

	private static @Nullable PayloadConverter<?> builtIn(Class<?> type, Charset charset) {
		if (type == String.class || type == CharSequence.class) {
			return PayloadConverter.text(charset);
		}
		if (type == byte[].class) {
			return PayloadConverter.bytes();
		}
		return (type == ByteBuffer.class) ? PayloadConverter.buffer() : null;
	}

	/**
	 * Returns the converters that write frames, besides those of text and bytes.
	 * @param settings what the properties say
	 * @return the converters, in the order in which they are asked
	 */
	public List<PayloadConverter<?>> writing(PayloadSettings settings) {
		List<PayloadConverter<?>> converters = new ArrayList<>();
		if (settings.payload() == Payload.JSON && this.json != null) {
			converters.add(this.json.writing(String.class));
		}
		else {
			converters.addAll(this.beans);
			converters.add(new CharSequenceConverter(settings.charset()));
			if (this.protobuf) {
				converters.add(ProtobufConverter.writing());
			}
		}
		if (this.json != null) {
			converters.add(this.json.writing(Object.class));
		}
		return converters;
	}

	/**
	 * Returns whether objects of a declared type may be sent.
	 * @param type the type
	 * @return {@code false} if no object of that type can be
	 */
	boolean writes(Class<?> type) {
		if ((this.json != null && !isWithoutData(type)) || isProtobuf(type)) {
			return true;
		}
		for (Class<?> known : BUILT_IN) {
			if (isRelated(known, type)) {
				return true;
			}
		}
		for (PayloadConverter<?> bean : this.beans) {
			if (isRelated(bean.type(), type)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether objects of a type of the JDK are code, a result that is waited for, or
	 * something to be closed. JSON would show what they happen to be made of.
	 */
	private static boolean isWithoutData(Class<?> type) {
		boolean without = type.isAnnotationPresent(FunctionalInterface.class) || Future.class.isAssignableFrom(type)
				|| Closeable.class.isAssignableFrom(type) || type == Thread.class;
		return without && type.getName().startsWith("java.");
	}

	private static boolean isRelated(Class<?> known, Class<?> type) {
		return known.isAssignableFrom(type) || type.isAssignableFrom(known);
	}

	/**
	 * Returns what a handler can send, as part of a sentence.
	 * @return the types
	 */
	String writable() {
		return (this.json != null)
				? "String, byte[], ByteBuffer, a type that becomes JSON, or one that a PayloadConverter bean takes"
				: "String, byte[], ByteBuffer, or a type that a PayloadConverter bean takes; for JSON, "
						+ this.jsonRemedy;
	}

	/**
	 * Returns the class of a type, or {@code null} for Object, which is declared if the
	 * type is not known.
	 */
	public static @Nullable Class<?> known(ResolvableType type) {
		Class<?> raw = type.resolve();
		return (raw == Object.class) ? null : raw;
	}

	private boolean isProtobuf(Class<?> type) {
		return this.protobuf && ProtobufConverter.writes(type);
	}

	private static InvalidHandlerException contradiction(String reader, Class<?> type, String payload) {
		return InvalidHandlerException.payload(
				"%s reads %s, which %s does not become".formatted(reader, ClassUtils.getQualifiedName(type), payload),
				"Remove the property, or change what the handler reads");
	}

}
