package dev.socketserver.autoconfigure.security;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.handler.intercept.SecurityContextInterceptor;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that has handlers called with the
 * security context of their sessions.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnClass(SecurityContextHolder.class)
@ConditionalOnSwitch(value = "socket.enabled", matchIfMissing = true)
public final class SocketSecurityAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SecurityContextInterceptor socketSecurityContextInterceptor(ObjectProvider<SecurityContextHolderStrategy> holder) {
		return new SecurityContextInterceptor(holder.getIfUnique(SecurityContextHolder::getContextHolderStrategy));
	}

}
