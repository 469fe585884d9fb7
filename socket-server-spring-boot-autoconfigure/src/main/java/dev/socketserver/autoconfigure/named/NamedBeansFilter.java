package dev.socketserver.autoconfigure.named;

import org.springframework.beans.factory.aot.BeanRegistrationExcludeFilter;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Leaves what {@link NamedBeans} defines out of what is made ahead of time. It is defined
 * at each start, as the properties then say. Ahead of time, a definition loses that its
 * bean is not to be closed.
 */
final class NamedBeansFilter implements BeanRegistrationExcludeFilter {

	@Override
	public boolean isExcludedFromAotProcessing(RegisteredBean bean) {
		RootBeanDefinition definition = bean.getMergedBeanDefinition();
		return definition.hasBeanClass() && definition.getBeanClass() == NamedBeans.class;
	}

}
