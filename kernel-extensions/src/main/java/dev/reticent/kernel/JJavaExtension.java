package dev.reticent.kernel;

import dev.reticent.api.Internal;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;

/** Found by JJava itself once this jar is on its class path. */
@Internal
public final class JJavaExtension implements Extension {

  /** For the service loader. */
  public JJavaExtension() {}

  @Override
  public void install(BaseKernel kernel) {
    Reticent.attach(new JJavaKernel(kernel));
  }
}
