package dev.socketserver.handler.intercept;

import java.lang.reflect.Method;
import java.util.stream.Stream;

import dev.socketserver.SessionHandler;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests for {@link AroundHandler}. */
class AroundHandlerTests {

	@Test
	void theHandlerWithinHasEachCallThatWouldHaveADefaultOtherwise() {
		// The opening calls what is behind the name of the other.
		assertThat(Stream.of(SessionHandler.class.getMethods()).filter(Method::isDefault).map(Method::getName))
			.contains("opening", "hasUnread")
			.filteredOn((name) -> !name.equals("opened"))
			.isSubsetOf(Stream.of(AroundHandler.class.getDeclaredMethods()).map(Method::getName).toList());
	}

}
