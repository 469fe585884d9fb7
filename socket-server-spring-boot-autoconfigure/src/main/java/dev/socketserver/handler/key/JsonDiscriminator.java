package dev.socketserver.handler.key;

import dev.socketserver.handler.payload.JsonPayloads;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.filter.FilteringParserDelegate;
import tools.jackson.core.filter.JsonPointerBasedFilter;
import tools.jackson.core.filter.TokenFilter.Inclusion;
import tools.jackson.databind.ObjectMapper;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * A simple value of the frame, which is JSON. The frame is read to its end, so that what
 * is no JSON has no key, and nothing is made of it. Loaded only where Jackson is on the
 * class path.
 */
final class JsonDiscriminator implements Discriminator {

	private final ObjectMapper mapper;

	private final JsonPointer pointer;

	private JsonDiscriminator(ObjectMapper mapper, JsonPointer pointer) {
		this.mapper = mapper;
		this.pointer = pointer;
	}

	/**
	 * Creates a discriminator.
	 * @param beans has the mapper of the application
	 * @param pointer where the value is (RFC 6901)
	 * @return the discriminator
	 * @throws IllegalArgumentException if it is no pointer, or there are several mappers
	 */
	static Discriminator of(ListableBeanFactory beans, String pointer) {
		ObjectMapper mapper = JsonPayloads.mapper(beans);
		if (mapper == null) {
			throw new IllegalArgumentException("it reads JSON, and there are several mappers: " + JsonPayloads.REMEDY);
		}
		return new JsonDiscriminator(mapper, JsonPointer.compile(pointer));
	}

	@Override
	public @Nullable String key(byte[] frame) {
		try (JsonParser whole = this.mapper.createParser(frame)) {
			JsonParser found = new FilteringParserDelegate(whole, new JsonPointerBasedFilter(this.pointer),
					Inclusion.ONLY_INCLUDE_ALL, false);
			JsonToken token = found.nextToken();
			boolean simple = token != null && token.isScalarValue() && token != JsonToken.VALUE_NULL;
			String key = simple ? Discriminator.normalized(found.getString()) : null;
			// To the end: it may be no JSON, or more than one document.
			boolean ended = whole.streamReadContext().inRoot();
			while (whole.nextToken() != null) {
				if (ended) {
					return null;
				}
				ended = whole.streamReadContext().inRoot();
			}
			return key;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	@Override
	public String toString() {
		return "json:" + this.pointer;
	}

}
