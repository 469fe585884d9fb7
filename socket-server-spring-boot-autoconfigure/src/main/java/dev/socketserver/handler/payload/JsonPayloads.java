package dev.socketserver.handler.payload;

import java.lang.reflect.TypeVariable;
import java.util.stream.Stream;

import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.TypeFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Payloads as JSON, by the application's own mapper. Loaded only where Jackson is on the
 * class path. JSON is UTF-8 (RFC 8259, section 8.1), whatever the server's charset.
 */
public final class JsonPayloads {

	/** What to do where there are several mappers. */
	public static final String REMEDY = "mark one of the JsonMapper beans @Primary";

	private final ObjectMapper mapper;

	/** Made for the first payload that is written: most servers have none. */
	private volatile @Nullable ObjectWriter writer;

	private JsonPayloads(ObjectMapper mapper) {
		this.mapper = mapper;
	}

	/**
	 * Returns what converts with the mapper of the application.
	 * @param beans has the mappers
	 * @return converts JSON; {@code null} if there are several mappers, none of which is
	 * the primary one
	 */
	static @Nullable JsonPayloads of(ListableBeanFactory beans) {
		ObjectMapper mapper = mapper(beans);
		return (mapper != null) ? new JsonPayloads(mapper) : null;
	}

	/**
	 * Finds the application's mapper, or takes one with Jackson's defaults if there is
	 * none at all.
	 * @param beans has the mappers
	 * @return the mapper; {@code null} if there are several, none of which is the primary
	 * one
	 */
	public static @Nullable ObjectMapper mapper(ListableBeanFactory beans) {
		ObjectMapper mapper = beans.getBeanProvider(JsonMapper.class).getIfUnique();
		if (mapper != null || beans.getBeanProvider(JsonMapper.class).stream().findAny().isPresent()) {
			return mapper;
		}
		// Mappers of CBOR, XML and the like are ObjectMappers, too.
		ObjectMapper[] plain = beans.getBeanProvider(ObjectMapper.class)
			.stream()
			.filter((candidate) -> candidate.tokenStreamFactory().getFormatName().equals("JSON"))
			.toArray(ObjectMapper[]::new);
		return switch (plain.length) {
			case 0 -> JsonMapper.shared();
			case 1 -> plain[0];
			default -> null;
		};
	}

	/**
	 * Creates a converter.
	 * @param type the type, with its generics
	 * @return the converter
	 */
	PayloadConverter<?> converter(ResolvableType type) {
		JavaType javaType = javaType(type);
		return new Converter(asObject(javaType.getRawClass()), this.mapper.readerFor(javaType));
	}

	/**
	 * Creates a converter that only writes.
	 * @param type the class of what it writes
	 * @return the converter
	 */
	PayloadConverter<?> writing(Class<?> type) {
		return new Writing(asObject(type));
	}

	/** Writes no line breaks, which may be what ends a frame. */
	private ObjectWriter writer() {
		ObjectWriter known = this.writer;
		if (known == null) {
			known = this.mapper.writer().without(SerializationFeature.INDENT_OUTPUT);
			this.writer = known;
		}
		return known;
	}

	/** Safe, since the converter reads and writes objects of this class only. */
	@SuppressWarnings("unchecked")
	private static Class<Object> asObject(Class<?> type) {
		return (Class<Object>) type;
	}

	private JavaType javaType(ResolvableType type) {
		TypeFactory types = this.mapper.getTypeFactory();
		if (type.isArray()) {
			return types.constructArrayType(javaType(type.getComponentType()));
		}
		Class<?> raw = type.resolve(Object.class);
		if (raw.getTypeParameters().length == 0) {
			return types.constructType(raw);
		}
		ResolvableType[] generics = type.getGenerics();
		if (generics.length != raw.getTypeParameters().length || type.hasUnresolvableGenerics()) {
			// Only Spring knows a type variable; any other type says more than its class.
			return types.constructType((type.getType() instanceof TypeVariable) ? raw : type.getType());
		}
		return types.constructParametricType(raw, Stream.of(generics).map(this::javaType).toArray(JavaType[]::new));
	}

	private class Writing implements PayloadConverter<Object> {

		private final Class<Object> type;

		Writing(Class<Object> type) {
			this.type = type;
		}

		@Override
		public Class<Object> type() {
			return this.type;
		}

		@Override
		public boolean text() {
			return true;
		}

		@Override
		public PayloadConverter<?> reading(Class<?> type) {
			return converter(ResolvableType.forClass(type));
		}

		@Override
		public Object read(byte[] source, int offset, int length) {
			throw new UnsupportedOperationException("Only writes");
		}

		@Override
		public byte[] write(Object payload) {
			return writer().writeValueAsBytes(payload);
		}

	}

	private final class Converter extends Writing {

		private final ObjectReader reader;

		Converter(Class<Object> type, ObjectReader reader) {
			super(type);
			this.reader = reader;
		}

		@Override
		public Object read(byte[] source, int offset, int length) {
			return this.reader.readValue(source, offset, length);
		}

	}

}
