package dev.socketserver.handler.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which method is nearest to the class of a payload. */
class TypeTableTests {

	static Stream<Arguments> payloads() {
		return Stream.of(Arguments.of(new Of(), List.of(Second.class, First.class), First.class),
				Arguments.of(new Of(), List.of(First.class, Second.class, Base.class), Base.class),
				Arguments.of(new Of(), List.of(First.class, Of.class, Base.class), Of.class),
				Arguments.of(new Of(), List.of(BaseOfFirst.class, OfBase.class), OfBase.class),
				Arguments.of(new Of(), List.of(BaseOfFirst.class, Second.class), Second.class));
	}

	@ParameterizedTest
	@MethodSource("payloads")
	void theNearestTypeIsChosenAndAtTheSameDistanceTheFirst(Object payload, List<Class<?>> types, Class<?> chosen)
			throws Exception {
		PayloadConverter<Object> reader = new PayloadConverter<>() {

			@Override
			public Class<Object> type() {
				return Object.class;
			}

			@Override
			public Object read(byte[] source, int offset, int length) {
				return payload;
			}

			@Override
			public byte[] write(Object written) {
				return written.toString().getBytes(StandardCharsets.UTF_8);
			}

		};
		List<MappedMethod> methods = types.stream()
			.map((type) -> new MappedMethod(type.getSimpleName(), type.getName(), List.of(), false, type, () -> reader,
					false))
			.toList();

		KeyedMethod found = new TypeTable("bean", methods, reader).choose(new byte[0]);

		assertThat(methods.get(found.method()).payload()).isEqualTo(chosen);
	}

	interface BaseOfFirst {

	}

	interface First extends BaseOfFirst {

	}

	interface Second {

	}

	interface OfBase {

	}

	static class Base implements OfBase {

	}

	static class Of extends Base implements First, Second {

	}

}
