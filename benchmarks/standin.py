"""A fast stand-in for farringtonFlexible with nbPlugin, until the real one lands (branch ws-farrington)."""
import numpy as np, math
from numba import njit, prange
from scipy import stats, special

def design(freq, b, w, periods, past):
    lags = np.arange(freq*b+w, past, -1)
    d = lags % freq
    base = (d <= w) | (d >= freq-w)
    rest = freq - 2*w - 1
    group = np.minimum((d - w - 1)*(periods-1)//rest, periods-2)
    X = np.zeros((len(lags), periods+1)); X[:,0]=1
    for k in range(periods-1): X[~base & (group==k), 1+k]=1
    X[:,periods] = -lags/freq
    return lags, X

@njit(cache=True)
def _fit(X, y, pw, eta, use):
    n,p = X.shape
    beta = np.zeros(p); XtX=np.zeros((p,p)); dev=1e300
    for it in range(25):
        XtX[:]=0; xz=np.zeros(p)
        for i in range(n):
            mu = math.exp(eta[i]); wt = mu*pw[i]; z=eta[i]+(y[i]-mu)/mu
            for a in range(use):
                xa=X[i,a]
                if xa!=0:
                    xz[a]+=xa*wt*z
                    for c in range(a+1): XtX[a,c]+=xa*wt*X[i,c]
        for a in range(use):
            XtX[a,a]+=1e-10
            for c in range(a): XtX[c,a]=XtX[a,c]
        b=np.linalg.solve(XtX[:use,:use], xz[:use])
        beta[:use]=b; nd=0.0
        for i in range(n):
            e=0.0
            for a in range(use): e+=X[i,a]*b[a]
            e=min(max(e,-23.0),23.0)
            eta[i]=e; mu=math.exp(e)
            nd+=2*pw[i]*((y[i]*math.log(y[i]/mu) if y[i]>0 else 0.0)-(y[i]-mu))
        if abs(nd-dev)/(abs(nd)+0.1)<1e-6: break
        dev=nd
    return beta, XtX

@njit(cache=True)
def _phi(y,eta,pw,use):
    s=0.0; m=0
    for i in range(len(y)):
        mu=math.exp(eta[i]); s+=pw[i]*(y[i]-mu)**2/mu; m+=1
    return max(s/(m-use),1.0)

@njit(cache=True)
def _one(X, y, thr, x0t):
    n,p=X.shape
    use=p
    eta=np.empty(n)
    for i in range(n): eta[i]=math.log(max(y[i],0.1))
    pw=np.ones(n)
    beta,XtX=_fit(X,y,pw,eta,use)
    mu0=math.exp(beta[0])
    if mu0>y.max():
        use=p-1
        for i in range(n): eta[i]=math.log(max(y[i],0.1))
        beta,XtX=_fit(X,y,pw,eta,use)
    phi=_phi(y,eta,pw,use)
    inv=np.linalg.inv(XtX[:use,:use])
    s=np.empty(n); g=0.0
    for i in range(n):
        mu=math.exp(eta[i]); h=0.0
        for a in range(use):
            if X[i,a]!=0:
                for c in range(use): h+=X[i,a]*inv[a,c]*X[i,c]
        h=min(h*mu, 1-1e-6)
        s[i]=1.5*(y[i]**(2/3)*mu**(-1/6)-mu**0.5)/math.sqrt(phi*(1-h))
        g+= s[i]**-2 if s[i]>thr else 1.0
    for i in range(n): pw[i]=(n/g)*(s[i]**-2 if s[i]>thr else 1.0)
    beta,XtX=_fit(X,y,pw,eta,use)
    phi=_phi(y,eta,pw,use)
    return math.exp(min(beta[0],23.0)), phi

@njit(cache=True, parallel=True)
def _many(X, Y, thr):
    n=len(Y); mu=np.empty(n); phi=np.empty(n)
    for i in prange(n):
        y=Y[i]
        if y.sum()==0: mu[i]=1e-9; phi[i]=1.0
        else:
            mu[i],phi[i]=_one(X,y,thr,0.0)
    return mu,phi

def farrington(counts, series, when, freq=12, b=3, w=1, periods=10, past=3, thr=2.58):
    """(mu, phi) for evaluations of series[i] at when[i]."""
    lags,X=design(freq,b,w,periods,past)
    Y=counts[series[:,None], when[:,None]-lags[None,:]].astype(float)
    return _many(X,np.ascontiguousarray(Y),thr)

def tail_random(y, mu, phi, u):
    size=np.where(phi>1+1e-9, mu/np.maximum(phi-1,1e-9), 1e12)
    share=size/(size+mu)
    above=special.betaincc(size,y+1.0,share)
    atleast=np.where(y>=1,special.betaincc(size,np.maximum(y,1e-300),share),1.0)
    return above+u*(atleast-above)
