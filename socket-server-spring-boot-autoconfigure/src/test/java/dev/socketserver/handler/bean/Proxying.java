package dev.socketserver.handler.bean;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.aopalliance.intercept.MethodInterceptor;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Wraps beans as an aspect would.
 */
public final class Proxying implements BeanPostProcessor {

	/** The methods that were called through the proxies, in order. */
	final List<String> advised = new CopyOnWriteArrayList<>();

	private final boolean cglib;

	private final List<Class<?>> wrapped;

	/**
	 * Creates the aspect.
	 * @param cglib whether proxies are subclasses; else they have the interfaces only
	 * @param wrapped the types of the beans that are wrapped
	 */
	public Proxying(boolean cglib, Class<?>... wrapped) {
		this.cglib = cglib;
		this.wrapped = Arrays.asList(wrapped);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (this.wrapped.stream().noneMatch((type) -> type.isInstance(bean))) {
			return bean;
		}
		ProxyFactory factory = new ProxyFactory(bean);
		factory.setProxyTargetClass(this.cglib);
		factory.addAdvice((MethodInterceptor) (invocation) -> {
			this.advised.add(invocation.getMethod().getName());
			return invocation.proceed();
		});
		return factory.getProxy();
	}

}
