package dev.socketserver.autoconfigure.named;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.client.SocketClients;
import dev.socketserver.operator.ClientOperations;
import dev.socketserver.operator.ServerOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.MethodParameter;

/**
 * Stands for a server or client that is looked up with each call: it is registered when
 * the application starts, which is after beans are made, and may be registered anew. A
 * call fails with the nearest names where there is none of the name.
 *
 * @param name the name of the server or client
 * @param type the type, {@code SocketServer} or {@code SocketClient}
 * @param beans has the registries
 */
public record NamedObject(String name, Class<?> type, BeanFactory beans) implements InvocationHandler {

	/**
	 * Returns the object of a name.
	 * @param name the name of the server or client
	 * @param type {@code SocketServer} or {@code SocketClient}
	 * @param beans has the registries
	 * @param <T> the type
	 * @return the object
	 */
	public static <T> T of(String name, Class<T> type, BeanFactory beans) {
		// What operators do with it is asked for by a cast.
		Class<?> operations = (type == SocketServer.class) ? ServerOperations.class : ClientOperations.class;
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type, operations },
				new NamedObject(name, type, beans)));
	}

	/**
	 * Returns the object that has the name of an injection point.
	 * @param point the field or parameter
	 * @param type {@code SocketServer} or {@code SocketClient}
	 * @param beans has the registries
	 * @param <T> the type
	 * @return the object
	 */
	public static <T> T of(InjectionPoint point, Class<T> type, BeanFactory beans) {
		return of(name(point), type, beans);
	}

	private static String name(InjectionPoint point) {
		Qualifier qualifier = point.getAnnotation(Qualifier.class);
		if (qualifier != null && !qualifier.value().isEmpty()) {
			return qualifier.value();
		}
		MethodParameter parameter = point.getMethodParameter();
		return (parameter != null)
				? Objects.requireNonNullElse(parameter.getParameterName(), "" + parameter.getParameterIndex())
				: point.getMember().getName();
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		if (method.getDeclaringClass() == Object.class) {
			return switch (method.getName()) {
				case "equals" -> isEqual(Objects.requireNonNull(arguments)[0]);
				case "hashCode" -> hashCode();
				default -> this.type.getSimpleName() + " '" + this.name + "'";
			};
		}
		try {
			return method.invoke(found(), arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private boolean isEqual(@Nullable Object other) {
		return other != null && Proxy.isProxyClass(other.getClass()) && equals(Proxy.getInvocationHandler(other));
	}

	private Object found() {
		return (this.type == SocketServer.class) ? this.beans.getBean(SocketServers.class).get(this.name)
				: this.beans.getBean(SocketClients.class).get(this.name);
	}

}
