package dev.socketserver.actuate;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

import dev.socketserver.actuate.RequestParameters.Names;
import dev.socketserver.operation.BadParameterException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.ParameterValueMapper;
import org.springframework.boot.actuate.endpoint.invoke.reflect.OperationMethod;
import org.springframework.boot.actuate.endpoint.invoke.reflect.ReflectiveOperationInvoker;
import org.springframework.boot.actuate.endpoint.invoker.cache.CachingOperationInvoker;
import org.springframework.boot.actuate.endpoint.invoker.cache.CachingOperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RequestParameters} and {@link RequestParametersAdvisor}.
 */
class RequestParametersTests {

	private static final EndpointId ID = EndpointId.of("things");

	private static final ParameterValueMapper UNUSED = (parameter, value) -> value;

	@Test
	void anOperationIsGivenItsParametersAndWhoAsks() {
		assertThat(invoke("list", Map.of("first", "1", "second", List.of("a", "b")))).isEqualTo("1 a,b true");
		assertThat(invoke("list", Map.of())).isEqualTo("null null true");
	}

	@Test
	void whatItDoesNotHaveIsRefused() {
		WebEndpointResponse<?> response = (WebEndpointResponse<?>) invoke("list", Map.of("first", "1", "frist", "2"));

		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getBody())
			.hasToString("ErrorDescriptor[error=Unknown parameter 'frist': use first, second]");
	}

	@Test
	void anOperationWithoutThemIsLeftAlone() {
		assertThat(invoke("other", Map.of("unknown", "1"))).isEqualTo("other");
	}

	@Test
	void aBlankValueIsAbsentOrRefused() {
		RequestParameters parameters = new RequestParameters(Map.of("first", " ", "second", "2"));

		assertThat(parameters.text("first")).isNull();
		assertThat(parameters.given("second")).isEqualTo("2");
		assertThat(parameters.given("third")).isNull();
		assertThatExceptionOfType(BadParameterException.class).isThrownBy(() -> parameters.given("first"))
			.withMessage("first is empty");
	}

	@Test
	void aListCanStillBeCached() {
		Method list = ReflectionUtils.findMethod(SocketSessionsEndpointWebExtension.class, "socketSessions",
				SecurityContext.class, RequestParameters.class);

		assertThat(new CachingOperationInvokerAdvisor((id) -> 1000L).apply(ID, OperationType.READ,
				method(list).getParameters(), (context) -> ""))
			.isInstanceOf(CachingOperationInvoker.class);
	}

	private static @Nullable Object invoke(String operation, Map<String, Object> arguments) {
		OperationMethod method = method(ReflectionUtils.findMethod(Things.class, operation, (Class<?>[]) null));
		OperationInvoker invoker = new RequestParametersAdvisor().apply(ID, OperationType.READ, method.getParameters(),
				new ReflectiveOperationInvoker(new Things(), method, UNUSED));
		return invoker.invoke(new InvocationContext(SecurityContext.NONE, arguments));
	}

	private static OperationMethod method(Method method) {
		return new OperationMethod(method, OperationType.READ);
	}

	/** An endpoint. */
	static class Things {

		String list(SecurityContext security, @Names({ "first", "second" }) RequestParameters parameters) {
			return parameters.text("first") + " " + parameters.text("second") + " "
					+ (security == SecurityContext.NONE);
		}

		String other() {
			return "other";
		}

	}

}
